"""Viewing hours: hours and views by title, country and day of the last days, without any household (Glue Python)."""

import sys
import time
from datetime import date, timedelta

import boto3

arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))  # noqa: B905 (Python 3.9 has no `strict`)
since = date.fromisoformat(arguments.get("--from") or str(date.today() - timedelta(days=int(arguments["--days"]))))
until = date.fromisoformat(arguments.get("--until") or str(date.today()))
HOURS = f"""
    insert into playback__viewing_hours__draft.viewing_hours (viewing_date, title_id, country, hours, views)
    select session_date, title_id, country, sum(watched_seconds) / 3600.0, count(*)
    from playback__sessions.sessions
    where session_date >= date '{since}' and session_date < date '{until}' group by 1, 2, 3"""  # noqa: S608 (dates)
athena = boto3.client("athena")
query = athena.start_query_execution(QueryString=HOURS, WorkGroup="mesh.viewing-hours")["QueryExecutionId"]
status = {"State": "QUEUED"}
while status["State"] in ("QUEUED", "RUNNING"):
    time.sleep(1)
    status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
if status["State"] != "SUCCEEDED":
    sys.exit(f"query {query} {status['State']}: {status.get('StateChangeReason')}")
