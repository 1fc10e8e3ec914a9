// The data products of a generated mesh (`mesh example`) in AWS CDK, for benchmarks/plans.py.
//
//     node app.js FOLDER DOMAINS PRODUCTS [STACK]
//
// Synthesises every stack, or the one that is named, into a folder: as many keys, buckets, tables, databases, labels,
// roles and permissions as `mesh plan` has, each with the same protections. Every option of CDK's is its default.
"use strict";

const { App, Duration, RemovalPolicy, Stack } = require("aws-cdk-lib");
const { AnyPrincipal, Effect, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } = require("aws-cdk-lib/aws-iam");
const { CfnDatabase, CfnTable, CfnTableOptimizer } = require("aws-cdk-lib/aws-glue");
const { Key } = require("aws-cdk-lib/aws-kms");
const { CfnPrincipalPermissions, CfnResource, CfnTag, CfnTagAssociation } = require("aws-cdk-lib/aws-lakeformation");
const { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } = require("aws-cdk-lib/aws-s3");

const LABELS = ["pii", "financial"];
const COLUMNS = { id: "string", observed_at: "timestamp", country: "string", quantity: "bigint", email: "string" };
const OPTIMIZERS = ["compaction", "retention", "orphan_file_deletion"];
const CLEARANCES = ["general", "pii", "financial", "restricted"];
const MACHINES = ["check", "forward", "retention", "start", "engineer", "owner", "auditor"];

function numbered(word, count) {
  return Array.from({ length: count }, (_, number) => `${word}-${number}`);
}

function key(scope, name) {
  return new Key(scope, `${name}-key`, {
    alias: `mesh/${name}`,
    description: `Data product ${name}`,
    enableKeyRotation: true,
    pendingWindow: Duration.days(30),
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

function bucket(scope, name, more) {
  return new Bucket(scope, `${name}-bucket`, {
    bucketName: `mesh-${name}`,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [
      { id: "clean-up", abortIncompleteMultipartUploadAfter: Duration.days(7), noncurrentVersionExpiration: Duration.days(30) },
    ],
    ...more,
  });
}

// Key, bucket and table of a product: what its domain owns.
function product(scope, domain, name, logs) {
  const encryptionKey = key(scope, `${domain}-${name}`);
  const data = bucket(scope, `${domain}-${name}`, {
    encryption: BucketEncryption.KMS,
    encryptionKey,
    bucketKeyEnabled: true,
    serverAccessLogsBucket: logs,
    serverAccessLogsPrefix: `${domain}-${name}/`,
    eventBridgeEnabled: true,
  });
  data.addToResourcePolicy(
    new PolicyStatement({
      sid: "RefuseOthers",
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*"],
      resources: [data.arnForObjects("*")],
      conditions: { StringNotLike: { "aws:PrincipalArn": [`arn:aws:iam::*:role/mesh/pipeline/*/${name}`] } },
    }),
  );
  const table = new CfnTable(scope, `${name}-table`, {
    catalogId: scope.account,
    databaseName: `${domain}__${name}__draft`,
    tableInput: {
      name: "events",
      tableType: "EXTERNAL_TABLE",
      parameters: { table_type: "ICEBERG" },
      storageDescriptor: {
        location: `s3://mesh-${domain}-${name}/tables/events`,
        columns: Object.entries(COLUMNS).map(([column, type]) => ({ name: column, type, comment: `${column} of ${name}` })),
      },
    },
  });
  for (const type of OPTIMIZERS) {
    const optimizer = new CfnTableOptimizer(scope, `${name}-${type}`, {
      catalogId: scope.account,
      databaseName: `${domain}__${name}__draft`,
      tableName: "events",
      type,
      tableOptimizerConfiguration: { enabled: true, roleArn: `arn:aws:iam::${scope.account}:role/mesh/retention` },
    });
    optimizer.addResourceDependency(table);
  }
}

function role(scope, name) {
  const made = new Role(scope, `${name}-role`, {
    roleName: name,
    path: "/mesh/",
    assumedBy: new ServicePrincipal("glue.amazonaws.com"),
    permissionsBoundary: ManagedPolicy.fromManagedPolicyName(scope, `${name}-boundary`, "mesh-boundary"),
    maxSessionDuration: Duration.hours(4),
  });
  made.addToPolicy(
    new PolicyStatement({ sid: "ReadData", actions: ["s3:GetObject"], resources: [`arn:aws:s3:::mesh-${name}/*`] }),
  );
  made.addToPolicy(new PolicyStatement({ sid: "UseKey", actions: ["kms:Decrypt"], resources: ["*"] }));
}

function permissions(scope, name, resource) {
  new CfnPrincipalPermissions(scope, `${name}-permissions`, {
    principal: { dataLakePrincipalIdentifier: `arn:aws:iam::${scope.account}:role/mesh/${name}` },
    resource,
    permissions: ["DESCRIBE"],
    permissionsWithGrantOption: [],
  });
}

function database(scope, name) {
  new CfnDatabase(scope, `${name}-database`, { catalogId: scope.account, databaseInput: { name } });
}

function domainStack(app, domain, products) {
  const stack = new Stack(app, `domain-${domain}`, { env: { account: "111111111111", region: "eu-west-1" } });
  const logs = bucket(stack, `${domain}-logs`, { encryption: BucketEncryption.S3_MANAGED });
  bucket(stack, `${domain}-results`, {
    encryption: BucketEncryption.KMS,
    encryptionKey: key(stack, `${domain}-results`),
    serverAccessLogsBucket: logs,
    serverAccessLogsPrefix: "results/",
  });
  for (const name of products) product(stack, domain, name, logs);
}

function accessStack(app, domain, products) {
  const stack = new Stack(app, `access-${domain}`, { env: { account: "111111111111", region: "eu-west-1" } });
  for (const name of [...products, ...CLEARANCES, ...MACHINES]) role(stack, `${domain}-${name}`);
  for (const name of products) {
    database(stack, `${domain}__${name}__draft`);
    database(stack, `${domain}__${name}`);
    for (const kind of ["draft", "link", "table"]) {
      permissions(stack, `${domain}-${name}-${kind}`, { database: { catalogId: stack.account, name: `${domain}__${name}` } });
    }
  }
  for (const name of ["default", "consumed"]) database(stack, `${domain}__${name}`);
}

// CloudFormation holds 500 resources a stack, so governance is one for its tags and one a domain.
function tagStack(app) {
  const stack = new Stack(app, "governance", { env: { account: "222222222222", region: "eu-west-1" } });
  for (const label of LABELS) new CfnTag(stack, label, { tagKey: label, tagValues: ["true", "false"] });
}

function catalogStack(app, domain, products) {
  const stack = new Stack(app, `governance-${domain}`, { env: { account: "222222222222", region: "eu-west-1" } });
  for (const name of [`location-${domain}`, `ci-${domain}`, `publish-${domain}`]) role(stack, name);
  for (const product of products) {
    const name = `${domain}__${product}`;
    database(stack, name);
    new CfnResource(stack, `${name}-location`, {
      resourceArn: `arn:aws:s3:::mesh-${domain}-${product}/tables`,
      roleArn: `arn:aws:iam::222222222222:role/mesh/location/${domain}`,
      useServiceLinkedRole: false,
    });
    for (const label of LABELS) {
      const resource = { database: { catalogId: stack.account, name } };
      const lfTags = [{ catalogId: stack.account, tagKey: label, tagValues: ["false"] }];
      new CfnTagAssociation(stack, `${name}-${label}`, { lfTags, resource });
      permissions(stack, `${name}-${label}`, resource);
    }
  }
}

function main([outdir, domainCount, productCount, only]) {
  // As `cdk init` writes it: access logs are let in by the bucket's policy, for new buckets have no ACLs.
  const app = new App({ outdir, context: { "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": true } });
  const domains = numbered("d", Number(domainCount));
  const products = numbered("p", Number(productCount));
  if (!only) tagStack(app);
  for (const domain of domains) {
    if (!only) catalogStack(app, domain, products);
    if (!only) accessStack(app, domain, products);
    if (!only || only === `domain-${domain}`) domainStack(app, domain, products);
  }
  app.synth();
}

main(process.argv.slice(2));
