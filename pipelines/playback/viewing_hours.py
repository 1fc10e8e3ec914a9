"""Viewing hours: hours and views by title, country and day of the last days, without any household (Glue Python)."""

import sys
import time
from datetime import date, timedelta

import boto3

arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))  # noqa: B905 (Python 3.9 has no `strict`)
since = date.fromisoformat(arguments.get("--from") or str(date.today() - timedelta(days=int(arguments["--days"]))))
until = date.fromisoformat(arguments.get("--until") or str(date.today()))
HOURS = f"""
    insert into playback__viewing_hours__draft.viewing_hours
    with days as (
        select s.*, s.device.family family from playback__sessions.sessions s
        where session_date >= date '{since}' and session_date < date '{until}' and device is not null),
    small as (
        select session_date, title_id, country, family from days
        group by 1, 2, 3, 4 having count(distinct profile_id) < 50)
    select d.session_date, d.title_id, if(small.title_id is null, d.country, 'ZZ'), d.family,
        sum(watched_seconds) / 3600e0, count_if(watched_seconds >= 120),
        count_if(watched_seconds >= 120 and end_reason = 'credits'),
        cast(round(count(distinct profile_id), -1) as bigint), false, localtimestamp
    from days d left join small on small.session_date = d.session_date and small.title_id = d.title_id
        and small.country = d.country and small.family = d.family group by 1, 2, 3, 4"""  # noqa: S608 (dates)
athena = boto3.client("athena")
query = athena.start_query_execution(QueryString=HOURS, WorkGroup="mesh.viewing-hours")["QueryExecutionId"]
status = {"State": "QUEUED"}
while status["State"] in ("QUEUED", "RUNNING"):
    time.sleep(1)
    status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
if status["State"] != "SUCCEEDED":
    sys.exit(f"query {query} {status['State']}: {status.get('StateChangeReason')}")
