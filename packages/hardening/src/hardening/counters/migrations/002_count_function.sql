-- One call counts, in one statement on one row: nothing is read before it is locked, so
-- that no update is lost, and no second row is waited for, so that calls cannot deadlock.

-- Adds a number at a path of a document, and makes the objects on its way.
create or replace function hardening_add_at(document jsonb, path text[], amount numeric)
returns jsonb
language plpgsql
immutable
as $$
declare
  found jsonb := document -> path[1];
begin
  if cardinality(path) = 1 then
    if coalesce(jsonb_typeof(found), 'number') <> 'number' then
      raise exception 'counter % holds no number', quote_literal(path[1])
        using errcode = 'invalid_parameter_value';
    end if;
    return jsonb_set(
      document, path, to_jsonb(coalesce((found #>> '{}')::numeric, 0) + amount));
  end if;
  if coalesce(jsonb_typeof(found), 'object') <> 'object' then
    raise exception 'counter % holds no counters', quote_literal(path[1])
      using errcode = 'invalid_parameter_value';
  end if;
  return jsonb_set(
    document, path[1:1],
    hardening_add_at(coalesce(found, '{}'), path[2:], amount));
end
$$;

-- Adds every increment; a dot parts the names of a path: severity_counts.medium.
create or replace function hardening_add_all(document jsonb, increments jsonb)
returns jsonb
language plpgsql
immutable
set search_path from current
as $$
declare
  increment record;
begin
  if jsonb_typeof(increments) is distinct from 'object' then
    raise exception 'increments must be an object'
      using errcode = 'invalid_parameter_value';
  end if;
  for increment in select * from jsonb_each(increments) loop
    if jsonb_typeof(increment.value) <> 'number'
      or increment.key !~ '^[^.]+([.][^.]+){0,4}$'
    then
      raise exception 'increment % is no number, or no path of one to five names',
        quote_literal(increment.key)
        using errcode = 'invalid_parameter_value';
    end if;
    document := hardening_add_at(
      document, string_to_array(increment.key, '.'),
      (increment.value #>> '{}')::numeric);
  end loop;
  return document;
end
$$;

-- Appends to a list and keeps its newest entries.
create or replace function hardening_append(list jsonb, entry jsonb, most integer)
returns jsonb
language sql
immutable
as $$
  select coalesce(jsonb_agg(kept.value order by kept.place), '[]')
  from jsonb_array_elements(list || jsonb_build_array(entry))
    with ordinality as kept (value, place)
  where kept.place > jsonb_array_length(list) + 1 - most
$$;

create or replace function hardening_count(
  p_scope text,
  p_key text,
  p_increments jsonb,
  p_stamps text[] default '{}',
  p_action jsonb default null,
  p_action_id text default null,
  p_history_max integer default 100
)
returns jsonb
language plpgsql
set search_path from current
-- Whoever keeps the row in a long transaction is not waited for without an end.
set lock_timeout = '5s'
as $$
declare
  counted hardening_counters;
begin
  if p_history_max not between 0 and 1000
    or octet_length(p_action::text) > 10000
    or octet_length(p_action_id) > 200
    or jsonb_typeof(p_action) <> 'object'
  then
    raise exception 'an action is an object of up to 10,000 bytes with an identifier '
      'of up to 200; a history keeps 0 to 1,000'
      using errcode = 'invalid_parameter_value';
  end if;
  insert into hardening_counters as kept (scope, key, counts, stamps, history)
  values (
    p_scope, p_key,
    hardening_add_all('{}', p_increments),
    (select coalesce(jsonb_object_agg(name, clock_timestamp()), '{}')
      from unnest(p_stamps) as name),
    case when p_action is null and p_action_id is null then '[]'
      else hardening_append('[]', coalesce(p_action, '{}') || jsonb_build_object(
        'at', clock_timestamp(), 'action_id', p_action_id), p_history_max) end)
  on conflict (scope, key) do update set
    counts = hardening_add_all(kept.counts, p_increments),
    stamps = kept.stamps || (
      select coalesce(jsonb_object_agg(name, clock_timestamp()), '{}')
      from unnest(p_stamps) as name),
    history = case when p_action is null and p_action_id is null then kept.history
      else hardening_append(kept.history, coalesce(p_action, '{}')
        || jsonb_build_object('at', clock_timestamp(), 'action_id', p_action_id),
        p_history_max) end
  -- A repeat of an action that the history still knows changes nothing.
  where p_action_id is null or not kept.history @> jsonb_build_array(
    jsonb_build_object('action_id', p_action_id))
  returning * into counted;
  if found then
    return jsonb_build_object(
      'counts', counted.counts, 'stamps', counted.stamps, 'repeated', false);
  end if;
  return (
    select jsonb_build_object('counts', counts, 'stamps', stamps, 'repeated', true)
    from hardening_counters
    where scope = p_scope and key = p_key);
end
$$;

comment on function hardening_count is
  'Adds to named counts of one key, atomically; see hardening.counters.';

-- Whoever may count is granted it by name: hardening.counters.grants.
revoke all on function hardening_count from public;
