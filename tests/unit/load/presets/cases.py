"""One export per preset: the header as its vendor has it, a few rows, results worked out by hand.

The headers are typed from the descriptions of the formats, not from the presets, so a wrong alias
or signature shows here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

__all__ = ["CASES", "Case"]


@dataclass(frozen=True)
class Case:
    """An export and what must come out of it."""

    preset: str
    kind: str
    text: str
    measures: Mapping[str, tuple[int, int] | None]
    """Metric → numerator and denominator; None where it must be unavailable."""
    used: int
    dropped: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    settings: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    scale: str | None = None


def _rows(*lines: str) -> str:
    return "\n".join(lines) + "\n"


_ZENDESK = (
    "Summation column,Id,Requester,Requester id,Requester external id,Requester email,"
    "Requester domain,Submitter,Assignee,Group,Subject,Tags,Status,Priority,Via,Ticket type,"
    "Created at,Updated at,Assigned at,Organization,Due date,Initially assigned at,Solved at,"
    "Resolution time,Satisfaction Score,Group stations,Assignee stations,Reopens,Replies,"
    "First reply time in minutes,First reply time in minutes within business hours"
)


def _zendesk(
    number: int, requester: int, solved: str, score: str, *, reopens: int = 0, tags: str = ""
) -> str:
    status = "Solved" if solved else "Hold"
    return (
        f"1,{number},Ann,{requester},,a{requester}@example.com,example.com,Ann,Bo,Support,Help,"
        f"{tags},{status},Normal,Mail,Question,2026-01-05 10:00,2026-01-06 10:00,2026-01-05 11:00,"
        f"Acme,,2026-01-05 11:00,{solved},24,{score},1,1,{reopens},1,5,5"
    )


CASES: tuple[Case, ...] = (
    Case(
        "zendesk",
        "tickets",
        _rows(
            _ZENDESK,
            _zendesk(1, 11, "2026-01-06 10:00", "Good"),
            _zendesk(2, 12, "2026-01-06 10:00", "Bad", reopens=2),
            _zendesk(3, 13, "2026-01-06 10:00", "Offered"),
            _zendesk(4, 14, "2026-01-06 10:00", "Not Offered"),
            _zendesk(5, 15, "", "Not Offered"),
            _zendesk(6, 16, "2026-01-06 10:00", "Not Offered", tags="vip closed_by_merge"),
            _zendesk(1, 11, "2026-01-06 10:00", "Good"),
        ),
        # One good and one bad of three offered; one reopened of the four that were ever solved.
        {"csat": (1, 2), "response_rate": (2, 3), "reopen_rate": (1, 4), "reopen_events": (2, 4)},
        used=5,
        dropped={"duplicate_id": 1, "merged": 1},
        scale="good-bad",
    ),
    Case(
        "zendesk-ratings",
        "surveys",
        _rows(
            "id,assignee_id,group_id,requester_id,ticket_id,score,comment,reason,reason_id,"
            "reason_code,created_at,updated_at,url",
            "1,9,3,21,101,good,thanks,,,,2026-01-05T10:00:00Z,2026-01-05T10:00:00Z,https://x/1",
            "2,9,3,22,102,bad,,slow,5,100,2026-01-05T11:00:00Z,2026-01-06T11:00:00Z,https://x/2",
            "3,9,3,23,103,offered,,,,,2026-01-05T12:00:00Z,2026-01-05T12:00:00Z,https://x/3",
            "4,9,3,24,104,good,,,,,2026-01-05T13:00:00Z,2026-01-05T13:00:00Z,https://x/4",
            "5,9,3,25,105,unoffered,,,,,2026-01-05T13:00:00Z,2026-01-05T13:00:00Z,https://x/5",
        ),
        {"csat": (2, 3), "response_rate": (3, 4), "csat_average": None},
        used=4,
        dropped={"not_sent": 1},
        scale="good-bad",
    ),
    Case(
        "fivetran-zendesk",
        "tickets",
        _rows(
            "id,_fivetran_synced,allow_channelback,assignee_id,brand_id,created_at,description,"
            "due_at,external_id,forum_topic_id,group_id,has_incidents,is_public,organization_id,"
            "priority,problem_id,recipient,requester_id,status,subject,submitter_id,system_client,"
            "ticket_form_id,type,updated_at,url,via_channel,via_source_rel,merged_ticket_ids,"
            "followup_ids,via_followup_source_id",
            "1,2026-02-01 00:00:00,FALSE,5,7,2026-01-01 10:00:00,d,,,,8,FALSE,TRUE,,,,r,31,solved,"
            "s,31,,9,incident,2026-01-02 10:00:00,u,web,,[],,",
            "2,2026-02-01 00:00:00,FALSE,5,7,2026-01-03 10:00:00,d,,,,8,FALSE,TRUE,,,,r,31,hold,"
            "s,31,,9,incident,2026-01-04 10:00:00,u,email,,[],,",
            "3,2026-02-01 00:00:00,FALSE,5,7,2026-01-03 11:00:00,d,,,,8,FALSE,TRUE,,,,r,32,closed,"
            "s,32,,9,,2026-01-04 10:00:00,u,email,,[],,",
            "4,2026-02-01 00:00:00,FALSE,5,7,2026-01-03 12:00:00,d,,,,8,FALSE,TRUE,,,,r,33,deleted,"
            "s,33,,9,,2026-01-04 10:00:00,u,email,,[],,",
        ),
        {"resolution_rate": (2, 3), "reopen_rate": None, "csat": None},
        used=3,
        dropped={"deleted": 1},
    ),
    Case(
        "fivetran-zendesk-ratings",
        "surveys",
        _rows(
            "id,_fivetran_synced,assignee_id,comment,created_at,group_id,reason,requester_id,score,"
            "ticket_id,updated_at,url",
            "1,2026-02-01 00:00:00,5,,2026-01-01 10:00:00,8,,31,good,1,2026-01-01 10:00:00,u",
            "2,2026-02-01 00:00:00,5,,2026-01-01 11:00:00,8,,32,bad,2,2026-01-01 11:00:00,u",
            "3,2026-02-01 00:00:00,5,,2026-01-01 12:00:00,8,,33,offered,3,2026-01-01 12:00:00,u",
            "4,2026-02-01 00:00:00,5,,2026-01-01 13:00:00,8,,34,bad,4,2026-01-01 13:00:00,u",
        ),
        {"csat": (1, 3), "response_rate": (3, 4)},
        used=4,
        scale="good-bad",
    ),
    Case(
        "fivetran-zendesk-history",
        "tickets",
        _rows(
            "field_name,ticket_id,updated,_fivetran_synced,user_id,value",
            "status,1,2026-01-01 10:00:00,x,,new",
            "assignee_id,1,2026-01-01 10:05:00,x,,7",
            "status,1,2026-01-01 11:00:00,x,,solved",
            "status,1,2026-01-02 09:00:00,x,,open",
            "assignee_id,1,2026-01-02 09:30:00,x,,8",
            "status,1,2026-01-02 10:00:00,x,,hold",
            "status,1,2026-01-02 11:00:00,x,,solved",
            "status,1,2026-01-02 11:00:00,x,,solved",
            "status,1,2026-01-06 11:00:00,x,,closed",
            "satisfaction_score,1,2026-01-03 11:00:00,x,,good",
            "status,2,2026-01-01 10:00:00,x,,open",
            "status,2,2026-01-01 12:00:00,x,,solved",
            "satisfaction_score,2,2026-01-01 12:00:00,x,,offered",
            "status,3,2026-01-01 10:00:00,x,,open",
        ),
        # Ticket 1 was reopened once and handed over once; the first assignment is no transfer.
        {
            "reopen_rate": (1, 2),
            "reopen_events": (1, 2),
            "transfer_rate": (1, 3),
            "resolution_rate": (2, 3),
            "csat": (1, 1),
            "response_rate": (1, 2),
        },
        used=3,
        dropped={"duplicate_row": 1, "event": 10},
        scale="good-bad",
    ),
    Case(
        "zendesk-explore",
        "tickets",
        _rows(
            "Ticket ID,Ticket status,Assignee name,Ticket created - Date,"
            "Full resolution time (hrs),Requester wait time (hrs),Agent wait time (hrs)",
            "1,Solved,Bo,2026-01-01,3.5,1,1",
            "2,Closed,Bo,2026-01-02,4,1,1",
            "3,Hold,Cy,2026-01-03,,1,1",
        ),
        {"resolution_rate": (2, 3), "csat": None},
        used=3,
    ),
    Case(
        "freshdesk",
        "tickets",
        _rows(
            "Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,"
            "Resolved time,Closed time,Last update time,Initial response time,Time tracked,"
            "First response time (in hrs),Resolution time (in hrs),Agent interactions,"
            "Customer interactions,Resolution status,First response status,Tags,Survey results,"
            "Product,Association type,Every response status,Full name,Email,Contact ID,"
            "Company Name",
            "1,a,Closed,Low,Email,Question,Bo,G,2026-01-05 10:00:00,,2026-01-06 10:00:00,"
            "2026-01-07 10:00:00,2026-01-07 10:00:00,,00:00,-01:30:00,24:00:00,1,0,,,,"
            "Extremely Happy,,,,Ann,a@example.com,501,Acme",
            "2,b,Closed,Low,Portal,Question,Bo,G,2026-01-05 11:00:00,,2026-01-06 10:00:00,,"
            "2026-01-07 10:00:00,,00:00,01:30:00,23:00:00,1,0,,,,Neutral,,,,Al,b@example.com,502,",
            "3,c,Open,Low,Portal,Question,Bo,G,2026-01-05 12:00:00,,,,2026-01-07 10:00:00,,00:00,"
            ",,0,0,,,,,,,,Al,b@example.com,502,",
        ),
        {"csat": (1, 2), "resolution_rate": (2, 3), "reopen_rate": None},
        used=3,
        scale="freshdesk",
    ),
    Case(
        "freshservice",
        "tickets",
        _rows(
            "Ticket Id,Subject,Status,Priority,Source,Type,Agent,Group,Created Time,Due by Time,"
            "Resolved Time,Closed Time,Last Updated Time,Initial Response Time,Time Tracked,"
            "First Response Time (in Hrs),Resolution Time (in Hrs),Agent interactions,"
            "Customer interactions,Resolution Status,First Response Status,Tags,Survey Result,"
            "Requester Name,Requester Email,Others,Others",
            "1,a,Closed,Low,Email,Incident,Bo,G,2026-01-05 10:00:00,,2026-01-06 10:00:00,,"
            "2026-01-07 10:00:00,,,01:30:00,24:00:00,1,0,,,,,Ann,a@example.com,x,y",
            "2,b,Open,Low,Email,Incident,Bo,G,2026-01-05 11:00:00,,,,2026-01-07 10:00:00,,,,,1,0,"
            ",,,,Al,b@example.com,x,y",
        ),
        {"resolution_rate": (1, 2), "csat": (0, 0)},
        used=2,
    ),
    Case(
        "freshdesk-ratings",
        "surveys",
        _rows(
            "id,survey_id,user_id,agent_id,group_id,ticket_id,feedback,ratings.default_question,"
            "created_at,updated_at",
            "1,9,41,5,8,1,great,103,2026-01-05T10:00:00Z,2026-01-05T10:00:00Z",
            "2,9,42,5,8,2,,101,2026-01-05T10:00:00Z,2026-01-05T10:00:00Z",
            "3,9,43,5,8,3,,100,2026-01-05T10:00:00Z,2026-01-05T10:00:00Z",
            "4,9,44,5,8,4,,-102,2026-01-05T10:00:00Z,2026-01-05T10:00:00Z",
        ),
        # 100 is neutral: not satisfied, and still rated.
        {"csat": (2, 4), "response_rate": None, "detractor_share": (1, 4)},
        used=4,
        scale="freshdesk",
    ),
    Case(
        "chatwoot",
        "surveys",
        "\ufeff"
        + _rows(
            "Agent Name,Rating,Feedback Comment,Contact Name,Contact Email Address,"
            "Contact Phone Number,Link to the conversation,Recorded date",
            "",
            "Bo (bo@example.com),5,thanks,Ann,ann@example.com,'+521555,"
            "https://c.example.com/app/accounts/1/conversations/42,2026-01-05 10:00:00 UTC",
            ",3,,Al,al@example.com,,"
            "https://c.example.com/app/accounts/1/conversations/43,2026-01-05 11:00:00 UTC",
            "Bo (bo@example.com),4,,Al,al@example.com,,"
            "https://c.example.com/app/accounts/1/conversations/44,2026-01-05 12:00:00 UTC",
            "Reporting period 2026-01-01 to 2026-01-31",
        ),
        {"csat": (2, 3), "response_rate": None},
        used=3,
        dropped={"footer": 1},
        scale="1-5",
    ),
    Case(
        "libredesk",
        "surveys",
        _rows(
            "uuid,conversation_id,rating,feedback,response_timestamp,created_at",
            "a,1,5,good,2026-01-05 10:00:00,2026-01-05 09:00:00",
            "b,2,0,,,2026-01-05 09:00:00",
            "c,3,2,,2026-01-05 10:00:00,2026-01-05 09:00:00",
            "d,4,0,,,2026-01-05 09:00:00",
        ),
        {"csat": (1, 2), "response_rate": (2, 4), "csat_average": (7, 2)},
        used=4,
        scale="1-5",
    ),
    Case(
        "osticket",
        "tickets",
        "\ufeff"
        + _rows(
            "Ticket Number;Date Created;Subject;From;From Email;Priority;Department;Help Topic;"
            "Source;Current Status;Last Updated;SLA Due Date;SLA Plan;Due Date;Closed Date;Overdue;"
            "Merged;Linked;Answered;Agent Assigned;Team Assigned;Thread Count;Reopen Count;"
            "Attachment Count;Task Count",
            "000123;2026-01-05 10:00:00;a;Ann;ann@example.com;Normal;Support;Billing;Email;Closed;"
            "2026-01-07 10:00:00;;;;2026-01-06 10:00:00;No;No;No;Yes;Bo;;3;1;0;0",
            "000124;2026-01-05 11:00:00;b;Al;al@example.com;Normal;Support;Billing;Web;Open;"
            "2026-01-07 10:00:00;;;;;No;No;No;Yes;Bo;;3;0;0;0",
            "000125;2026-01-05 12:00:00;c;Al;al@example.com;Normal;Support;Login;Web;Closed;"
            "2026-01-07 10:00:00;;;;2026-01-06 10:00:00;No;Yes;No;Yes;Bo;;3;0;0;0",
        ),
        {"reopen_rate": (1, 1), "resolution_rate": (1, 2), "csat": None},
        used=2,
        dropped={"merged": 1},
    ),
    Case(
        "jira",
        "tickets",
        _rows(
            "Summary,Issue key,Issue id,Issue Type,Status,Project key,Priority,Resolution,Assignee,"
            "Assignee Id,Reporter,Reporter Id,Creator,Creator Id,Created,Updated,Last Viewed,"
            "Resolved,Due date,Custom field (Request Type),Satisfaction rating,"
            "Custom field (Satisfaction date),Custom field ([CHART] Date of First Response),"
            "Comment,Comment,Parent,Parent key,Status Category,Status Category Changed",
            "a,SUP-1,1,Task,Done,SUP,High,Done,Bo,b1,Ann,r1,Ann,r1,25/Feb/26 10:17 PM,"
            "26/Feb/26 9:00 AM,,26/Feb/26 8:00 AM,,Access,5,26/Feb/26 9:00 AM,"
            "2026-02-25 22:38:58.679,hello,again,77,SUP-7,Done,x",
            "b,SUP-2,2,Task,Done,SUP,High,Done,Bo,b1,Al,r2,Al,r2,25/Feb/26 11:17 PM,"
            "26/Feb/26 9:00 AM,,26/Feb/26 8:30 AM,,Access,2,27/Feb/26 9:00 AM,,hello,,,,Done,x",
            "c,SUP-3,3,Task,In Progress,SUP,High,,Bo,b1,Al,r2,Al,r2,26/Feb/26 11:17 PM,"
            "27/Feb/26 9:00 AM,,,,Access,,,,hello,,,,In Progress,x",
        ),
        {"csat": (1, 2), "resolution_rate": (2, 3), "csat_average": (7, 2), "response_rate": None},
        used=3,
        scale="1-5",
    ),
    Case(
        "gorgias",
        "surveys",
        _rows(
            "id,ticket_id,customer_id,score,body_text,created_datetime,should_send_datetime,"
            "sent_datetime,scored_datetime,meta,uri",
            "1,11,21,5,ok,2026-01-05T10:00:00.966927,2026-01-05T11:00:00.966927,"
            "2026-01-05T11:00:01.000001,2026-01-05T12:00:00.966927,,u",
            "2,12,22,,,2026-01-05T10:00:00.966927,2026-01-05T11:00:00.966927,"
            "2026-01-05T11:00:01.000001,,,u",
            "3,13,23,3,,2026-01-05T10:00:00.966927,2026-01-05T11:00:00.966927,"
            "2026-01-05T11:00:01.000001,2026-01-06T12:00:00.966927,,u",
            "4,14,24,,,2026-01-05T10:00:00.966927,2026-01-09T11:00:00.966927,,,,u",
        ),
        {"csat": (1, 2), "response_rate": (2, 3)},
        used=3,
        dropped={"not_sent": 1},
        scale="1-5",
    ),
    Case(
        "helpscout",
        "surveys",
        _rows(
            "id,threadId,conversationId,conversationNumber,mailboxId,rating,comments,createdAt,"
            "modifiedAt,user.id,customer.id",
            "1,71,900,31,4,great,,2026-01-05T10:00:00Z,2026-01-05T10:00:00Z,5,21",
            "2,72,900,31,4,not_good,,2026-01-06T10:00:00,2026-01-06T10:00:00,6,21",
            "3,73,901,32,4,okay,,2026-01-05T10:00:00Z,2026-01-05T10:00:00Z,5,22",
            "4,74,902,33,4,great,,2026-01-05T10:00:00Z,2026-01-05T10:00:00Z,5,23",
            "5,75,903,34,4,unknown,,2026-01-05T10:00:00Z,2026-01-05T10:00:00Z,5,24",
        ),
        # The first of the two ratings of conversation 31 is its rating.
        {"csat": (2, 3), "csat_average": None},
        used=4,
        dropped={"not_sent": 1},
        scale="great-okay-notgood",
    ),
    Case(
        "formbricks",
        "surveys",
        _rows(
            "No.,Response ID,Timestamp,Finished,Survey ID,Formbricks ID (internal),User ID,Tags,"
            "Country,How satisfied are you?,What can we do better?,person.plan",
            "1,r1,2026-01-05 10:00:00,Yes,s,f1,u1,,DE,5,nothing,pro",
            "2,r2,2026-01-05 11:00:00,Yes,s,f2,u2,,DE,2,be faster,free",
            "3,r3,2026-01-05 12:00:00,No,s,f3,u3,,DE,1,,free",
        ),
        {"csat": (1, 2), "response_rate": None},
        used=2,
        dropped={"incomplete": 1},
        scale="1-5",
    ),
    Case(
        "qualtrics",
        "surveys",
        _rows(
            "StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,"
            "RecordedDate,ResponseId,RecipientLastName,RecipientFirstName,RecipientEmail,"
            "ExternalReference,LocationLatitude,LocationLongitude,DistributionChannel,"
            "UserLanguage,Q1,Q2",
            "Start Date,End Date,Response Type,IP Address,Progress,Duration (in seconds),Finished,"
            "Recorded Date,Response ID,Recipient Last Name,Recipient First Name,Recipient Email,"
            "External Data Reference,Location Latitude,Location Longitude,Distribution Channel,"
            "User Language,How satisfied were you?,Why?",
            '"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}","{""ImportId"":""status""}",'
            '"{""ImportId"":""ipAddress""}","{""ImportId"":""progress""}",'
            '"{""ImportId"":""duration""}","{""ImportId"":""finished""}",'
            '"{""ImportId"":""recordedDate""}","{""ImportId"":""_recordId""}",'
            '"{""ImportId"":""recipientLastName""}","{""ImportId"":""recipientFirstName""}",'
            '"{""ImportId"":""recipientEmail""}","{""ImportId"":""externalDataReference""}",'
            '"{""ImportId"":""locationLatitude""}","{""ImportId"":""locationLongitude""}",'
            '"{""ImportId"":""distributionChannel""}","{""ImportId"":""userLanguage""}",'
            '"{""ImportId"":""QID1""}","{""ImportId"":""QID2_TEXT""}"',
            "2026-01-05 09:58:00,2026-01-05 10:00:00,0,1.2.3.4,100,120,1,2026-01-05 10:00:01,R_a1,"
            ",,a@example.com,,50,8,email,EN,4,fine",
            "2026-01-05 10:58:00,2026-01-05 11:00:00,0,1.2.3.4,100,120,1,2026-01-05 11:00:01,R_b2,"
            ",,b@example.com,,50,8,email,EN,1,slow",
            "2026-01-05 11:58:00,2026-01-05 12:00:00,1,1.2.3.4,100,120,1,2026-01-05 12:00:01,R_c3,"
            ",,,,50,8,preview,EN,1,",
            "2026-01-05 11:58:00,2026-01-05 12:00:00,0,1.2.3.4,40,120,0,2026-01-05 12:00:01,R_d4,"
            ",,,,50,8,email,EN,1,",
            "2026-01-05 12:58:00,2026-01-05 13:00:00,0,1.2.3.4,100,120,1,2026-01-05 13:00:01,R_e5,"
            ",,c@example.com,,50,8,email,EN,5,",
        ),
        {"csat": (2, 3), "response_rate": None, "csat_average": (10, 3)},
        used=3,
        dropped={"header_row": 2, "incomplete": 1, "test": 1},
        scale="1-5",
    ),
    Case(
        "surveymonkey",
        "surveys",
        _rows(
            "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,"
            "Last Name,Custom Data 1,How satisfied were you with our support?,Anything else?",
            ",,,,,,,,,Response,Open-Ended Response",
            "118,400,01/25/2026 10:00:00,01/25/2026 10:02:00,1.2.3.4,a@example.com,,,,"
            "Very satisfied,",
            "119,400,01/25/2026 11:00:00,01/25/2026 11:02:00,1.2.3.4,b@example.com,,,,"
            "Neither satisfied nor dissatisfied,",
            "120,400,01/25/2026 12:00:00,01/25/2026 12:02:00,1.2.3.4,c@example.com,,,,"
            "Satisfied,thanks",
        ),
        {"csat": (2, 3), "csat_average": (12, 3)},
        used=3,
        dropped={"header_row": 1},
        scale="satisfied-dissatisfied",
    ),
    Case(
        "typeform",
        "surveys",
        _rows(
            "#,How was our <em>support</em>?,Tell us more,Response Type,Start Date (UTC),"
            "Stage Date (UTC),Submit Date (UTC),Network ID,Tags",
            "x1,5,so quick,completed,2026-01-05 02:40:00,,2026-01-05 02:41:38,n1,",
            "x2,3,,completed,2026-01-05 02:40:00,,2026-01-05 02:42:38,n2,",
            "x3,2,,partial,2026-01-05 02:40:00,2026-01-05 02:41:00,,n3,",
        ),
        {"csat": (1, 2), "csat_average": (8, 2)},
        used=2,
        dropped={"incomplete": 1},
        scale="1-5",
    ),
    Case(
        "medallia",
        "surveys",
        _rows(
            "request_id,request_sent_at,request_delivery_status,response_received_at,star_rating,"
            "comments,reward_name,areas_for_improvement,additional_question_response,"
            "ext_interaction_id,external_url,channel,tags,brand,customer_name,request_sent_to,"
            "employee_first_name,employee_last_name,employee_email,employee_custom_id",
            "1,2026-01-05 10:00:00,delivered,2026-01-05 12:00:00,5,,,,,T1,,email,,b,Ann,"
            "a@example.com,Bo,B,bo@example.com,9",
            "2,2026-01-05 10:00:00,delivered,,,,,,,T2,,email,,b,Al,b@example.com,Bo,B,"
            "bo@example.com,9",
            "3,2026-01-05 10:00:00,bounced,,,,,,,T3,,email,,b,Al,c@example.com,Bo,B,"
            "bo@example.com,9",
            "4,2026-01-05 10:00:00,delivered,2026-01-05 12:00:00,3,,,,,T4,,email,,b,Al,"
            "d@example.com,Bo,B,bo@example.com,9",
        ),
        {"csat": (1, 2), "response_rate": (2, 3)},
        used=3,
        dropped={"not_sent": 1},
        scale="1-5",
    ),
    Case(
        "fivetran-intercom",
        "tickets",
        _rows(
            "id,assignee_id,assignee_type,conversation_rating_value,conversation_rating_remark,"
            "conversation_rating_created_at,state,created_at,updated_at,_fivetran_active",
            "c1,5,admin,5,nice,2026-01-05 12:00:00,closed,2026-01-05 10:00:00,2026-01-05 12:00:00,"
            "true",
            "c1,5,admin,,,,open,2026-01-05 10:00:00,2026-01-05 11:00:00,false",
            "c2,5,admin,2,,2026-01-05 12:00:00,open,2026-01-05 10:00:00,2026-01-05 12:00:00,true",
        ),
        {"csat": (1, 2), "resolution_rate": (1, 2)},
        used=2,
        dropped={"duplicate_id": 1},
        scale="1-5",
    ),
    Case(
        "fivetran-qualtrics",
        "surveys",
        _rows(
            "id,finished,progress,status,distribution_channel,start_date,end_date,recorded_date,"
            "recipient_email,csat_question",
            "R_1,1,100,0,email,2026-01-05 10:00:00,2026-01-05 10:01:00,2026-01-05 10:01:01,"
            "a@example.com,5",
            "R_2,1,100,0,email,2026-01-05 10:00:00,2026-01-05 10:01:00,2026-01-05 10:01:01,"
            "b@example.com,3",
            "R_3,0,10,0,email,2026-01-05 10:00:00,2026-01-05 10:01:00,2026-01-05 10:01:01,,",
        ),
        {"csat": (1, 2)},
        used=2,
        dropped={"incomplete": 1},
        scale="1-5",
    ),
    Case(
        "fivetran-servicenow",
        "tickets",
        _rows(
            "number,state,opened_at,resolved_at,closed_at,sys_created_on,reassignment_count,"
            "reopen_count,reopened_time,resolved_by_value,contact_type,caller_id_value,"
            "assignment_group_value,assigned_to_value,category",
            "INC1,7,2026-01-05 10:00:00,2026-01-06 10:00:00,,2026-01-05 10:00:00,0,0,,p1,phone,c1,"
            "g1,p1,network",
            "INC2,6,2026-01-05 10:00:00,2026-01-06 10:00:00,,2026-01-05 10:00:00,2,1,"
            "2026-01-05 20:00:00,p1,phone,c2,g1,p1,network",
            "INC3,2,2026-01-05 10:00:00,,,2026-01-05 10:00:00,0,0,,,phone,c2,g1,p1,network",
        ),
        {"reopen_rate": (1, 2), "transfer_rate": (1, 3), "resolution_rate": (2, 3)},
        used=3,
    ),
    Case(
        "servicenow-log",
        "tickets",
        _rows(
            "number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,"
            "caller_id,opened_by,opened_at,sys_created_by,sys_created_at,sys_updated_by,"
            "sys_updated_at,contact_type,category,assignment_group,assigned_to,resolved_by,"
            "resolved_at,closed_at",
            "INC1,New,true,0,0,0,true,C1,o,29/2/2016 01:16,s,29/2/2016 01:23,u,29/2/2016 01:23,"
            "Phone,Cat,G1,?,?,?,?",
            "INC1,Resolved,true,0,0,1,true,C1,o,29/2/2016 01:16,s,29/2/2016 01:23,u,"
            "29/2/2016 08:53,Phone,Cat,G1,?,R,29/2/2016 08:53,?",
            "INC1,Active,true,1,0,2,true,C1,o,29/2/2016 01:16,s,29/2/2016 01:23,u,1/3/2016 08:53,"
            "Phone,Cat,G2,?,R,?,?",
            "INC1,Closed,false,1,0,3,true,C1,o,29/2/2016 01:16,s,29/2/2016 01:23,u,5/3/2016 12:00,"
            "Phone,Cat,G2,?,R,5/3/2016 11:00,5/3/2016 12:00",
            "INC2,Active,true,0,0,0,true,C2,o,29/2/2016 01:16,s,29/2/2016 01:23,u,29/2/2016 01:23,"
            "Phone,Cat,G1,?,?,?,?",
            "INC2,Closed,false,0,0,1,true,C2,o,29/2/2016 01:16,s,29/2/2016 01:23,u,5/3/2016 12:00,"
            "Phone,Cat,G1,?,R,29/2/2016 11:00,5/3/2016 12:00",
        ),
        # The column says that nothing was reopened, the events know better.
        {"reopen_rate": (1, 2), "transfer_rate": (1, 2), "resolution_rate": (2, 2)},
        used=2,
        dropped={"event": 4},
    ),
    Case(
        "servicenow",
        "tickets",
        _rows(
            "number,state,opened_at,resolved_at,closed_at,reassignment_count,reopen_count,"
            "caller_id,assignment_group,assigned_to,contact_type,category,priority",
            "INC1,Closed,2026-01-05 10:00:00,2026-01-06 10:00:00,2026-01-07 10:00:00,0,0,Ann,G,Bo,"
            "phone,net,3",
            "INC2,New,2026-01-05 11:00:00,,,1,0,Al,G,Bo,phone,net,3",
        ),
        {"resolution_rate": (1, 2), "transfer_rate": (1, 2), "reopen_rate": (0, 1)},
        used=2,
    ),
    Case(
        "intercom",
        "tickets",
        _rows(
            "Conversation ID,Conversation rating,Conversation started at,Teammate",
            "1,5,2026-01-05 10:00:00,Bo",
            "2,1,2026-01-05 11:00:00,Bo",
            "3,,2026-01-05 12:00:00,Bo",
        ),
        {"csat": (1, 2), "response_rate": None},
        used=3,
        settings={"map": {"created_at": "Conversation started at"}},
        scale="1-5",
    ),
    Case(
        "hubspot",
        "tickets",
        _rows(
            "Ticket ID,Ticket name,Create date,Close date,Ticket owner,Pipeline,Ticket status,"
            "Time to first agent email reply (HH:mm:ss),Associated Company (Primary),"
            "All associated contact emails,Last CSAT survey rating,Ticket Reopen Date",
            "1,a,2026-01-05 10:00,2026-01-06 10:00,Bo,P,Closed,01:00:00,Acme,a@example.com,2,",
            "2,b,2026-01-05 11:00,2026-01-06 10:00,Bo,P,Closed,01:00:00,Acme,b@example.com,1,"
            "2026-01-05 20:00",
            "3,c,2026-01-05 12:00,,Bo,P,New,,Acme,c@example.com,,",
        ),
        # 2 is the best of 0, 1, 2.
        {"csat": (1, 2), "reopen_rate": (1, 2), "resolution_rate": (2, 3)},
        used=3,
        scale="0-2",
    ),
    Case(
        "salesforce",
        "tickets",
        _rows(
            "Case Number,Subject,Status,Priority,Case Origin,Case Owner,Date/Time Opened,"
            "Date/Time Closed,Closed When Created,Case Reason,Type,Age (Hours)",
            "00001001,a,Closed,High,Email,Bo,1/25/2026 9:00 AM,1/26/2026 9:00 AM,0,Billing,Q,24",
            "00001002,b,New,High,Web,Bo,1/25/2026 10:00 AM,,0,Billing,Q,24",
            "Cases of January",
            '"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."',
        ),
        {"resolution_rate": (1, 2), "csat": None},
        used=2,
        dropped={"footer": 2},
    ),
    Case(
        "frappe",
        "tickets",
        _rows(
            "ID,Subject,Raised By (Email),Status,Priority,Ticket Type,Team,Opening Date,"
            "Opening Time,First Responded On,First Response Time,Resolution Date,Resolution Time,"
            "User Resolution Time,Contact,Customer,Feedback (Option),Rating,Feedback (Extra),"
            "Ticket Merged,Merged With,Status Category,Via Customer Portal",
            "1,a,a@example.com,Closed,Low,Question,T,2026-01-05,10:00:00,2026-01-05 11:00:00,3600,"
            "2026-01-06 10:00:00,1,1,c,Acme,,0.8,,0,,Resolved,0",
            "2,b,b@example.com,Closed,Low,Question,T,2026-01-05,10:30:00,2026-01-05 11:30:00,3600,"
            "2026-01-06 10:00:00,1,1,c,Acme,,0.6,,0,,Resolved,0",
            "3,c,c@example.com,Closed,Low,Question,T,2026-01-05,11:00:00,,,"
            "2026-01-06 10:00:00,1,1,c,Acme,,0,,0,,Resolved,0",
            "4,d,d@example.com,Closed,Low,Question,T,2026-01-05,11:00:00,,,"
            "2026-01-06 10:00:00,1,1,c,Acme,,0,,1,1,Resolved,0",
        ),
        # Four and three stars, and one without any.
        {"csat": (1, 2), "csat_average": (7, 2), "response_rate": None, "resolution_rate": (3, 3)},
        used=3,
        dropped={"merged": 1},
        scale="1-5",
    ),
    Case(
        "odoo",
        "surveys",
        _rows(
            "id,rating,consumed,rating_text,feedback,res_model,res_id,partner_id,rated_partner_id,"
            "create_date,write_date",
            "1,5,True,top,,helpdesk.ticket,11,21,31,2026-01-05 10:00:00,2026-01-05 11:00:00",
            "2,3,True,ok,,helpdesk.ticket,12,22,31,2026-01-05 10:00:00,2026-01-05 11:00:00",
            "3,0,False,none,,helpdesk.ticket,13,23,31,2026-01-05 10:00:00,2026-01-05 10:00:00",
            "4,1,True,ko,,helpdesk.ticket,14,24,31,2026-01-05 10:00:00,2026-01-05 11:00:00",
        ),
        {"csat": (1, 3), "response_rate": (3, 4), "csat_average": (9, 3)},
        used=4,
        scale="1-5",
    ),
    Case(
        "gladly",
        "surveys",
        _rows(
            "Conversation Id,Customer Id,Conversation Link,Survey Date,Survey Source,"
            "Survey Format,Raw Score",
            "a,c1,l,2026-01-05 10:00:00,email,Stars,5",
            "b,c2,l,2026-01-05 11:00:00,chat,Thumbs,1",
            "c,c3,l,2026-01-05 12:00:00,email,Stars,3",
            "d,c4,l,2026-01-05 13:00:00,chat,Thumbs,2",
        ),
        # 2 is the better of two and below the middle of five; 1 is the worst of both.
        {"csat": (2, 4), "csat_average": None, "detractor_share": (1, 4)},
        used=4,
        settings={"scales": {"Stars": "1-5", "Thumbs": "1-2"}},
        scale="satisfied/neutral/unsatisfied",
    ),
    Case(
        "google-forms",
        "surveys",
        _rows(
            "Timestamp,How satisfied are you with our help?,What could be better?",
            "1/25/2026 10:00:00,5,",
            "1/25/2026 11:00:00,4,all fine",
            "1/25/2026 12:00:00,2,slow",
        ),
        {"csat": (2, 3)},
        used=3,
        scale="1-5",
    ),
)
"""Every preset that is shipped."""
