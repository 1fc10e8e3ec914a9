"""The pure part of the platform: YAML in, the Plan of the mesh out; imports neither pulumi, boto3, cli nor sandbox."""
