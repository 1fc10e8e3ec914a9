"""Viewing hours: hours and views by title, country and day of the last days, without any household (Glue Python)."""

import sys

import awswrangler as wr

arguments = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=False))
since = arguments.get("--from") or f"current_date - interval '{int(arguments['--days'])}' day"
HOURS = f"""
    insert into playback__viewing_hours__draft.viewing_hours (viewing_date, title_id, country, hours, views)
    select session_date, title_id, country, sum(watched_seconds) / 3600.0, count(*)
    from playback__sessions.sessions where session_date >= {since} group by 1, 2, 3"""
wr.athena.start_query_execution(HOURS, workgroup="mesh.viewing-hours", wait=True)
