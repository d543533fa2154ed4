-- A login for Sluice on PostgreSQL (tried with 15 and 18): it reads the tables listed below, one tenant at
-- a time, and can do nothing else. Sluice looks at its login at each connection and refuses one that may
-- write.
--
-- Before
--   * Put your tables into the list in step 2. That list is the only thing that you must change.
--   * For another name than sluice_export replace it everywhere in this file.
--   * Run it in the database that is to be read, as a role that owns the database and the tables and may
--     create roles (CREATEROLE). No superuser is needed, so it works on managed servers too:
--       psql "host=... dbname=... user=... sslmode=verify-full" -X -v ON_ERROR_STOP=1 -f postgres-login.sql
--
-- It is one transaction, so it does all or nothing, and it can be run again at any time: afterwards the
-- login reads exactly the tables of the list, whatever it could read before.
--
-- After
--   * Give the login a password. psql's \password sends only a hash, so nothing lands in a log:
--       \password sluice_export
--   * Store the connection URL as the secret that the catalog names (percent-encode the password):
--       postgres://sluice_export:PASSWORD@HOST:5432/DATABASE
--   * TLS is not up to the URL: Sluice checks the server's certificate and name whatever sslmode says.
--     Only if the server has a certificate authority of its own name a secret with its certificate
--     in the catalog ("tls": {"caSecret": "..."}).

begin;

-- 1. The login.

do $$
begin
  if not exists (select from pg_roles where rolname = 'sluice_export') then
    create role sluice_export
      nosuperuser nocreatedb nocreaterole noreplication nobypassrls noinherit login;
  end if;
end
$$;

-- Each table that is being read holds one connection: parallelTables of the catalog, times the exports
-- that run at once. What comes too much waits and is tried again.
alter role sluice_export noinherit login connection limit 40;

-- Belt and braces: it has no right to write anyway.
alter role sluice_export set default_transaction_read_only = on;

-- For whoever uses the login by hand. Sluice sets longer limits inside each of its transactions, from
-- statementTimeoutMinutes of the catalog.
alter role sluice_export set statement_timeout = '10s';
alter role sluice_export set lock_timeout = '10s';
alter role sluice_export set idle_in_transaction_session_timeout = '60s';

do $$
begin
  execute format('grant connect on database %I to sluice_export', current_database());
end
$$;

-- 2. The tables, and nothing but them.

do $$
declare
  wanted record;
  target regclass;
  space name;
  tenant text;
begin
  -- What was granted before is taken back; what is still listed is granted again below.
  for target in
    select oid from pg_class, aclexplode(relacl) as entry
    where entry.grantee = 'sluice_export'::regrole
    union
    select attrelid from pg_attribute, aclexplode(attacl) as entry
    where entry.grantee = 'sluice_export'::regrole
  loop
    execute format('revoke all on %s from sluice_export', target);
  end loop;
  for space in
    select nspname from pg_namespace, aclexplode(nspacl) as entry
    where entry.grantee = 'sluice_export'::regrole
  loop
    execute format('revoke all on schema %I from sluice_export', space);
  end loop;

  for wanted in
    select * from (values
      -- schema    table         tenant column   row security
      ('public',   'customers',  'tenant_id',    true),
      ('public',   'orders',     'tenant_id',    true),
      ('public',   'invoices',   'tenant_id',    false)
    ) as list (schema_name, table_name, tenant_column, row_security)
  loop
    target := format('%I.%I', wanted.schema_name, wanted.table_name)::regclass;
    execute format('grant usage on schema %I to sluice_export', wanted.schema_name);
    execute format('grant select on %s to sluice_export', target);

    -- Without row security (false) the rows are kept apart by the catalog alone: "tenant": {"column": ...}.
    -- With it (true) the database keeps them apart as well: "tenant": {"column": ..., "rls": true}.
    -- Views have no row security of their own: write false, and isolate them by their column. Row security
    -- that was switched on by an earlier run stays on.
    continue when not wanted.row_security;

    -- A table without row security gets it now, and with it a policy by which everybody else sees and
    -- changes what they did before. Three things are different for logins that are not the owner: COPY
    -- FROM is refused, pg_dump needs BYPASSRLS, and a policy of yours that is to limit them must replace
    -- others_as_before. The owner passes over row security; FORCE ROW LEVEL SECURITY would end that for
    -- your application if it connects as the owner, so it is not used here. Sluice is never the owner.
    if not (select relrowsecurity from pg_class where oid = target) then
      execute format('alter table %s enable row level security', target);
      execute format('drop policy if exists others_as_before on %s', target);
      execute format(
        'create policy others_as_before on %s using (current_user <> ''sluice_export'')'
        ' with check (current_user <> ''sluice_export'')', target);
    end if;

    -- The tenant is a setting of Sluice's transaction. Without one it is NULL or, on a connection that was
    -- used before, empty: in both cases no row fits. Casts that could cut an id short are not used, and where
    -- the column's collation takes different texts for equal, the bytes must be equal as well.
    select case
        when t.typname in ('int2', 'int4', 'int8', 'numeric', 'uuid')
        then format('%I = nullif(current_setting(''sluice.tenant_id'', true), '''')::%s', a.attname, t.typname)
        else format('%1$I::text = nullif(current_setting(''sluice.tenant_id'', true), '''')'
          ' and %1$I::text collate "C" = nullif(current_setting(''sluice.tenant_id'', true), '''')', a.attname)
      end
      into tenant
      from pg_attribute a join pg_type t on t.oid = a.atttypid
      where a.attrelid = target and a.attname = wanted.tenant_column and not a.attisdropped;
    if tenant is null then
      raise exception 'The table % has no column %.', target, wanted.tenant_column;
    end if;

    -- The first policy shows the tenant's rows, the second one hides all others even if some policy of
    -- yours, made for everybody, would show them.
    execute format('drop policy if exists sluice_export_shows on %s', target);
    execute format('drop policy if exists sluice_export_hides on %s', target);
    execute format(
      'create policy sluice_export_shows on %s for select to sluice_export using (%s)', target, tenant);
    execute format(
      'create policy sluice_export_hides on %s as restrictive for select to sluice_export using (%s)',
      target, tenant);
  end loop;
end
$$;

-- 3. What everybody may do, and so this login too: temporary tables and, on databases that were made
-- before PostgreSQL 15, tables in the schema public. Both are taken from PUBLIC and given by name to every
-- role that there is, so that nothing changes for them. Roles that you make later need them by name.

do $$
declare
  other name;
  everybody_temp boolean := has_database_privilege('public', current_database(), 'TEMPORARY');
  everybody_create boolean := coalesce(
    (select has_schema_privilege('public', oid, 'CREATE') from pg_namespace where nspname = 'public'), false);
begin
  for other in select rolname from pg_roles where rolname !~ '^pg_' and rolname <> 'sluice_export' loop
    if everybody_temp then
      execute format('grant temporary on database %I to %I', current_database(), other);
    end if;
    if everybody_create then
      execute format('grant create on schema public to %I', other);
    end if;
  end loop;
  if everybody_temp then
    execute format('revoke temporary on database %I from public', current_database());
  end if;
  if everybody_create then
    revoke create on schema public from public;
  end if;
end
$$;

-- 4. The check. An error undoes everything; a warning or notice is for you to read.

do $$
declare
  found text;
begin
  if exists (
    select from pg_roles where rolname = 'sluice_export'
      and (rolsuper or rolbypassrls or rolreplication or rolcreaterole or rolcreatedb)
  ) then
    raise exception 'sluice_export was there before and may do more than read: drop the role, or take its '
      'attributes (see pg_roles) away as a superuser.';
  end if;

  select string_agg(roleid::regrole::text, ', ') into found
    from pg_auth_members where member = 'sluice_export'::regrole;
  if found is not null then
    raise exception 'sluice_export is a member of %. Revoke that, and run this again.', found;
  end if;

  select string_agg(oid::regclass::text, ', ') into found
    from pg_class where relowner = 'sluice_export'::regrole;
  if found is not null then
    raise exception 'sluice_export owns %. Give them another owner, and run this again.', found;
  end if;

  select string_agg(c.oid::regclass::text, ', ') into found
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and (has_table_privilege('sluice_export', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
        or has_any_column_privilege('sluice_export', c.oid, 'INSERT, UPDATE'));
  if found is not null then
    raise exception 'Everybody may write to %. Revoke that from PUBLIC, and run this again.', found;
  end if;

  select string_agg(c.oid::regclass::text, ', ') into found
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and has_schema_privilege('sluice_export', n.oid, 'USAGE')
      and has_any_column_privilege('sluice_export', c.oid, 'SELECT')
      and not exists (
        select from aclexplode(c.relacl) as entry where entry.grantee = 'sluice_export'::regrole);
  if found is not null then
    raise warning 'Everybody, and so sluice_export, may read %.', found;
  end if;

  select string_agg(p.oid::regprocedure::text, ', ') into found
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prosecdef and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and has_schema_privilege('sluice_export', n.oid, 'USAGE')
      and has_function_privilege('sluice_export', p.oid, 'EXECUTE');
  if found is not null then
    raise warning 'Everybody, and so sluice_export, may call %, which act with the rights of their owner.', found;
  end if;

  select string_agg(quote_ident(datname), ', ') into found
    from pg_database
    where datallowconn and not datistemplate and datname <> current_database()
      and has_database_privilege('sluice_export', oid, 'CONNECT');
  if found is not null then
    raise notice 'Everybody, and so sluice_export, may connect to the databases %. To change that: '
      'revoke connect on database ... from public, after granting it to those who need it.', found;
  end if;
end
$$;

commit;
