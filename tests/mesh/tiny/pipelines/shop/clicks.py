"""Clicks: pages that customers looked at, by page alone."""

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
spark.table("orders__customers.customers").groupBy().count().write.json("s3://clicks/files/")
