#!/bin/sh
# Run once by the postgres image on an empty volume: the roles' passwords. The rest (database,
# grants, limits) is made by `python -m config.database`, which may be repeated at will.
set -eu
for role in vafa_owner vafa_web vafa_worker vafa_staff vafa_backup; do
    psql -v ON_ERROR_STOP=1 -v role="$role" -v password="$VAFA_ROLE_PASSWORD" \
        -U "$POSTGRES_USER" -d postgres <<'SQL'
CREATE ROLE :"role" LOGIN NOSUPERUSER PASSWORD :'password';
SQL
done
psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -c 'ALTER ROLE vafa_owner CREATEDB'
