"""Viewing hours: hours and views by title, country and day of the last days, without any household (Glue Python)."""

import sys
import time
from datetime import date, timedelta

import boto3

arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))  # noqa: B905 (Python 3.9 has no `strict`)
since = date.fromisoformat(arguments.get("--from") or str(date.today() - timedelta(days=int(arguments["--days"]))))
until = date.fromisoformat(arguments.get("--until") or str(date.today()))
# One commit takes the days out and puts them in anew: a run may be repeated, and killed, at any time.
HOURS = f"""
    merge into playback__viewing_hours__draft.viewing_hours as h using (
        with cells as (
            select session_date, title_id, country, device.family family, sum(watched_seconds) seconds,
                count_if(watched_seconds >= 120) views, count(distinct profile_id) profiles,
                count_if(watched_seconds >= 120 and end_reason = 'credits') completions
            from playback__sessions.sessions
            where session_date >= date '{since}' and session_date < date '{until}' and device is not null
            group by 1, 2, 3, 4)
        select cast(null as date), session_date, title_id, if(profiles < 50, 'ZZ', country), family,
            sum(seconds) / 3600e0, sum(views), sum(completions), cast(round(sum(profiles), -1) as bigint)
        from cells group by 1, 2, 3, 4, 5
        union all
        select distinct viewing_date, null, null, null, null, null, null, null, null
        from playback__viewing_hours__draft.viewing_hours
        where viewing_date >= date '{since}' and viewing_date < date '{until}'
    ) as n (gone, day, title, country, family, hours, views, completions, profiles)
    on h.viewing_date = n.gone
    when matched then delete
    when not matched then insert values (day, title, n.country, family, n.hours, n.views, n.completions,
        n.profiles, false, localtimestamp)"""  # noqa: S608 (dates)
athena = boto3.client("athena")
query = athena.start_query_execution(QueryString=HOURS, WorkGroup="mesh.viewing-hours")["QueryExecutionId"]
status = {"State": "QUEUED"}
while status["State"] in ("QUEUED", "RUNNING"):
    time.sleep(1)
    status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
if status["State"] != "SUCCEEDED":
    sys.exit(f"query {query} {status['State']}: {status.get('StateChangeReason')}")
