"""The pure part of the platform: YAML in, a complete plan of the mesh out; imports neither pulumi nor boto3."""
