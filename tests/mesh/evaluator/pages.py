"""The pages of the AWS documentation that the cases cite."""

from __future__ import annotations

from tests.mesh.evaluator.judge import Page

_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_ORGANIZATIONS = "https://docs.aws.amazon.com/organizations/latest/userguide"
_KMS = "https://docs.aws.amazon.com/kms/latest/developerguide"
_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
_STS = "https://docs.aws.amazon.com/STS/latest/APIReference"

_OPERATORS = f"{_IAM}/reference_policies_elements_condition_operators.html"
_OPERATORS_TITLE = "IAM JSON policy elements: Condition operators"
OPERATORS = Page(_OPERATORS_TITLE, _OPERATORS)
STRINGS = Page(f"{_OPERATORS_TITLE}, String", f"{_OPERATORS}#Conditions_String")
NUMBERS = Page(f"{_OPERATORS_TITLE}, Numeric", f"{_OPERATORS}#Conditions_Numeric")
DATES = Page(f"{_OPERATORS_TITLE}, Date", f"{_OPERATORS}#Conditions_Date")
BOOLEANS = Page(f"{_OPERATORS_TITLE}, Boolean", f"{_OPERATORS}#Conditions_Boolean")
BINARY = Page(f"{_OPERATORS_TITLE}, Binary", f"{_OPERATORS}#Conditions_BinaryEquals")
ADDRESSES = Page(f"{_OPERATORS_TITLE}, IP address", f"{_OPERATORS}#Conditions_IPAddress")
ARNS = Page(f"{_OPERATORS_TITLE}, ARN", f"{_OPERATORS}#Conditions_ARN")
IF_EXISTS = Page(f"{_OPERATORS_TITLE}, ...IfExists", f"{_OPERATORS}#Conditions_IfExists")
NULL = Page(f"{_OPERATORS_TITLE}, Null", f"{_OPERATORS}#Conditions_Null")
SETS = Page(
    "Single-valued vs. multivalued context keys",
    f"{_IAM}/reference_policies_condition-single-vs-multi-valued-context-keys.html",
)
SET_EXAMPLES = Page(
    "Multivalued context key examples", f"{_IAM}/reference_policies_condition_examples-multi-valued-context-keys.html"
)
MANY = Page(
    "Conditions with multiple context keys or values",
    f"{_IAM}/reference_policies_condition-logic-multiple-context-keys-or-values.html",
)
CONDITION = Page("IAM JSON policy elements: Condition", f"{_IAM}/reference_policies_elements_condition.html")
KEYS = Page("AWS global condition context keys", f"{_IAM}/reference_policies_condition-keys.html")
STS_KEYS = Page("IAM and AWS STS condition context keys", f"{_IAM}/reference_policies_iam-condition-keys.html")

ACTION = Page("IAM JSON policy elements: Action", f"{_IAM}/reference_policies_elements_action.html")
NOT_ACTION = Page("IAM JSON policy elements: NotAction", f"{_IAM}/reference_policies_elements_notaction.html")
RESOURCE = Page("IAM JSON policy elements: Resource", f"{_IAM}/reference_policies_elements_resource.html")
NOT_RESOURCE = Page("IAM JSON policy elements: NotResource", f"{_IAM}/reference_policies_elements_notresource.html")
EFFECT = Page("IAM JSON policy elements: Effect", f"{_IAM}/reference_policies_elements_effect.html")
STATEMENT = Page("IAM JSON policy elements: Statement", f"{_IAM}/reference_policies_elements_statement.html")
SID = Page("IAM JSON policy elements: Sid", f"{_IAM}/reference_policies_elements_sid.html")
ID = Page("IAM JSON policy elements: Id", f"{_IAM}/reference_policies_elements_id.html")
VERSION = Page("IAM JSON policy elements: Version", f"{_IAM}/reference_policies_elements_version.html")
GRAMMAR = Page("Grammar of the IAM JSON policy language", f"{_IAM}/reference_policies_grammar.html")
PRINCIPAL = Page("AWS JSON policy elements: Principal", f"{_IAM}/reference_policies_elements_principal.html")
NOT_PRINCIPAL = Page("AWS JSON policy elements: NotPrincipal", f"{_IAM}/reference_policies_elements_notprincipal.html")
VARIABLES = Page("IAM policy elements: Variables and tags", f"{_IAM}/reference_policies_variables.html")

EVALUATION = Page("Policy evaluation logic", f"{_IAM}/reference_policies_evaluation-logic.html")
WITHIN = Page(
    "How AWS enforcement code logic evaluates requests to allow or deny access",
    f"{_IAM}/reference_policies_evaluation-logic_policy-eval-denyallow.html",
)
SAME_ACCOUNT = Page(
    "Policy evaluation for requests within a single account",
    f"{_IAM}/reference_policies_evaluation-logic_policy-eval-basics.html",
)
INTERPLAY = Page(
    "The difference between explicit and implicit denies",
    f"{_IAM}/reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html",
)
CROSS_ACCOUNT = Page(
    "Cross-account policy evaluation logic", f"{_IAM}/reference_policies_evaluation-logic-cross-account.html"
)
BOUNDARIES = Page("Permissions boundaries for IAM entities", f"{_IAM}/access_policies_boundaries.html")
SESSION_POLICIES = Page("Policies and permissions, session policies", f"{_IAM}/access_policies.html#policies_session")
ROLES_AND_POLICIES = Page(
    "Cross account resource access in IAM", f"{_IAM}/access_policies-cross-account-resource-access.html"
)
EXTERNAL_ID = Page(
    "Access to AWS accounts owned by third parties", f"{_IAM}/id_roles_common-scenarios_third-party.html"
)
CONFUSED_DEPUTY = Page("The confused deputy problem", f"{_IAM}/confused-deputy.html")
SESSION_TAGS = Page("Pass session tags in AWS STS", f"{_IAM}/id_session-tags.html")
MFA = Page("Secure API access with MFA", f"{_IAM}/id_credentials_mfa_configure-api-require.html")
ROLE_TAGS = Page("Controlling access to and for IAM users and roles using tags", f"{_IAM}/access_iam-tags.html")
ASSUME_ROLE = Page("AssumeRole", f"{_STS}/API_AssumeRole.html")

SCPS = Page("Service control policies (SCPs)", f"{_ORGANIZATIONS}/orgs_manage_policies_scps.html")
SCP_EVALUATION = Page("SCP evaluation", f"{_ORGANIZATIONS}/orgs_manage_policies_scps_evaluation.html")
SCP_EXAMPLES = Page("Service control policy examples", f"{_ORGANIZATIONS}/orgs_manage_policies_scps_examples.html")
SCP_SYNTAX = Page("SCP syntax", f"{_ORGANIZATIONS}/orgs_manage_policies_scps_syntax.html")
RCPS = Page("Resource control policies (RCPs)", f"{_ORGANIZATIONS}/orgs_manage_policies_rcps.html")
RCP_EVALUATION = Page("RCP evaluation", f"{_ORGANIZATIONS}/orgs_manage_policies_rcps_evaluation.html")
RCP_EXAMPLES = Page("Resource control policy examples", f"{_ORGANIZATIONS}/orgs_manage_policies_rcps_examples.html")
RCP_SYNTAX = Page("RCP syntax", f"{_ORGANIZATIONS}/orgs_manage_policies_rcps_syntax.html")

KEY_POLICIES = Page("Key policies in AWS KMS", f"{_KMS}/key-policies.html")
DEFAULT_KEY_POLICY = Page("Default key policy", f"{_KMS}/key-policy-default.html")
KEY_OTHER_ACCOUNTS = Page(
    "Allowing users in other accounts to use a KMS key", f"{_KMS}/key-policy-modifying-external-accounts.html"
)
KEY_CONDITIONS = Page("AWS KMS condition keys", f"{_KMS}/conditions-kms.html")
KEY_RCPS = Page("Resource control policies in AWS KMS", f"{_KMS}/resource-control-policies.html")
KEY_IAM = Page("Using IAM policies with AWS KMS", f"{_KMS}/iam-policies.html")

BUCKET_POLICIES = Page("Examples of Amazon S3 bucket policies", f"{_S3}/example-bucket-policies.html")
S3_ACTIONS = Page("Policy actions for Amazon S3", f"{_S3}/security_iam_service-with-iam.html")
S3_KEYS = Page("Bucket policy examples using condition keys", f"{_S3}/amazon-s3-policy-keys.html")
S3_EVALUATION = Page("How Amazon S3 authorizes a request", f"{_S3}/how-s3-evaluates-access-control.html")
S3_SIGNATURE = Page(
    "Amazon S3 Signature Version 4 authentication specific policy keys",
    "https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html",
)
S3_ENDPOINTS = Page(
    "Controlling access from VPC endpoints with bucket policies", f"{_S3}/example-bucket-policies-vpc-endpoint.html"
)
ENDPOINTS = Page(
    "Control access to VPC endpoints using endpoint policies",
    "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
)
STS_ENDPOINTS = Page(
    "Control access to AWS STS with VPC endpoint policies", f"{_IAM}/reference_sts_vpc_endpoint_policies.html"
)
SQS = Page(
    "Amazon SQS policy examples",
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html",
)
SNS = Page(
    "Example cases for Amazon SNS access control",
    "https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html",
)
SECRETS = Page(
    "Resource-based policies in AWS Secrets Manager",
    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html",
)
EVENTS = Page(
    "Using resource-based policies for Amazon EventBridge",
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html",
)
GLUE = Page(
    "Granting cross-account access to the Data Catalog",
    "https://docs.aws.amazon.com/glue/latest/dg/cross-account-access.html",
)
GLUE_ARNS = Page(
    "Specifying AWS Glue resource ARNs", "https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html"
)
LAMBDA = Page(
    "Giving Lambda functions access to resources in an Amazon VPC",
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
)
