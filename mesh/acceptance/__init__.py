"""Acceptance: whether AWS would take what the program emits, asked of AWS's models and pages, and not of an emulator.

Pure: it reads resources as `mesh plan --json` has them (`emitted`), and imports `mesh/aws`, `mesh/evaluator`, quotas
and the names of roles only. `accept` asks all of it, of each plan in this order:

* one value: `property_values` (limits, from botocore's models), `inner_rules` (`VALUE_RULES`: grammars, which are in
  `event_patterns`, `glue_types` and `java_patterns`), `bucket_places`, `key_aliases`
* values of one resource: `inner_rules` (`FIT_RULES`, with the functions in `inner_relations`, `iceberg_inputs` and
  `endpoint_services`)
* values of two resources: `named_resources` (`NAMING`: what is named is made), `fitting_resources` (`PLAN_RULES`: what
  is made fits)
* documents: `policy_places` (where they are; `stackset_templates` has those inside of a template), then of each
  `policy_documents` (actions, resources, keys, sizes; `resource_overlap`), or `organization_policies` where the
  language is none of IAM's; `policy_subjects` (it is about its own resource), `named_in_policies` (whom it names is
  there), `public_policies`, `key_lockout`

A rule is a row of its table, with the page that it is from, which each refusal ends with. How one is added is a recipe:
CONTRIBUTING.md, "Add a rule of what AWS refuses".
"""
