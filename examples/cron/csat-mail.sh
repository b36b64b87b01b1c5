#!/bin/sh
# Mail what csatkit has to say; say nothing where there is nothing to say.
#
#   csat-mail.sh check              mail only when a target fails or the export is missing or old
#   csat-mail.sh daily|weekly|...   mail the digest
#
# CSAT_FOLDER holds csatkit.toml and the exports; CSAT_MAIL is who reads; MAIL_COMMAND sends
# (default: mail), called as: MAIL_COMMAND -s SUBJECT ADDRESS, the text on standard input.
set -u
job=${1:?"say what to do: check, daily, weekly, monthly or quarterly"}
cd "${CSAT_FOLDER:?"set CSAT_FOLDER to the folder of csatkit.toml"}" || exit 2
to=${CSAT_MAIL:?"set CSAT_MAIL to an address"}
send=${MAIL_COMMAND:-mail}
max_age=${CSAT_MAX_AGE:-36h}
as_of=${CSAT_AS_OF:-today}

text=$(mktemp) || exit 2
trap 'rm -f "$text"' EXIT
trap 'exit 130' INT TERM

case $job in
check)
    # Undecided is no news on an ordinary day; a failed target and an old export are.
    csatkit check -q --as-of "$as_of" --max-age "$max_age" --inconclusive pass >"$text" 2>&1
    code=$?
    [ "$code" -eq 0 ] && exit 0
    ;;
*)
    # --history keeps the periods that have left the export.
    csatkit digest "$job" -q --as-of "$as_of" --max-age "$max_age" --history history.parquet \
        >"$text" 2>&1
    code=$?
    ;;
esac

case $code in
0) subject="CSAT: $job digest" ;;
1) subject="CSAT: a target failed" ;;
4) subject="CSAT: the export is missing, too old or broken" ;;
5) subject="CSAT: nothing to evaluate" ;;
*) subject="CSAT: the $job job didn't run (exit $code)" ;;
esac
"$send" -s "$subject" "$to" <"$text" || exit 2
# A digest or a failed target that was mailed is a job well done; anything else isn't.
case $code in 0 | 1) exit 0 ;; *) exit "$code" ;; esac
