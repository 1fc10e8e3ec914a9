"""Device graph: devices that played from one address on the same days, as edges of a household (Glue Spark)."""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

spark = SparkSession.builder.getOrCreate()
BUCKET = sys.argv[sys.argv.index("--mesh-bucket") + 1]
# What is not within the clearance of this pipeline is no column here.
days = spark.table("playback__sessions.sessions").select("device_id", "ip_address", "session_date").distinct()
pairs = days.alias("a").join(days.alias("b"), ["ip_address", "session_date"])
edges = pairs.where("a.device_id < b.device_id").groupBy("a.device_id", "b.device_id").agg(f.count("*"))
edges.toDF("device_id_a", "device_id_b", "shared_days").write.mode("overwrite").parquet(f"s3://{BUCKET}/files/edges/")
