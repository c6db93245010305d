-- Counts one violation of a user in one statement: nothing is read before it is locked.
-- The action holds severity (low, medium, high, critical) and whatever else is to be
-- kept of it: toxicity_score, comment_id, action_tags. With an action_id, a repeat that
-- the last 100 actions still know is not counted again.
create or replace function atomic_update_user_behavior(
  p_organization_id uuid,
  p_platform text,
  p_platform_user_id text,
  p_username text,
  p_action jsonb
)
returns jsonb
language plpgsql
-- The caller's own rights hold: a function with more would let any caller write any
-- organization's users.
security invoker
set search_path from current
set lock_timeout = '5s'
as $$
declare
  severity constant text := p_action ->> 'severity';
  known constant jsonb := jsonb_build_array(
    jsonb_build_object('action_id', p_action ->> 'action_id'));
  counted user_behaviors;
  repeated boolean;
begin
  if severity is null or severity not in ('low', 'medium', 'high', 'critical')
    or octet_length(p_action::text) > 10000
  then
    raise exception 'an action needs a severity (low, medium, high or critical) and '
      'at most 10,000 bytes' using errcode = 'invalid_parameter_value';
  end if;
  insert into user_behaviors as kept (
    organization_id, platform, platform_user_id, platform_username,
    total_violations, severity_counts, actions_taken, last_violation_at)
  values (
    p_organization_id, p_platform, p_platform_user_id, p_username,
    1, jsonb_build_object(severity, 1),
    jsonb_build_array(p_action || jsonb_build_object('at', clock_timestamp())),
    clock_timestamp())
  on conflict (organization_id, platform, platform_user_id) do update set
    platform_username = coalesce(p_username, kept.platform_username),
    -- A service's own table may hold NULL in these, or JSON's null: nothing yet.
    total_violations = coalesce(kept.total_violations, 0) + 1,
    severity_counts = jsonb_set(
      coalesce(nullif(kept.severity_counts, 'null'), '{}'), array[severity],
      to_jsonb(coalesce((kept.severity_counts ->> severity)::integer, 0) + 1)),
    actions_taken = (
      select jsonb_agg(each.value order by each.place)
      from (select coalesce(nullif(kept.actions_taken, 'null'), '[]') as taken) as before
        cross join jsonb_array_elements(before.taken || jsonb_build_array(
            p_action || jsonb_build_object('at', clock_timestamp())))
          with ordinality as each (value, place)
      where each.place > jsonb_array_length(before.taken) + 1 - 100),
    last_violation_at = clock_timestamp()
  where p_action ->> 'action_id' is null
    or not coalesce(kept.actions_taken, '[]') @> known
  returning * into counted;
  repeated := not found;
  if repeated then
    select * into counted from user_behaviors as kept
    where (kept.organization_id, kept.platform, kept.platform_user_id)
      = (p_organization_id, p_platform, p_platform_user_id);
  end if;
  return jsonb_build_object(
    'user_id', counted.platform_user_id,
    'total_violations', counted.total_violations,
    'severity_counts', counted.severity_counts,
    'last_violation_at', counted.last_violation_at,
    'repeated', repeated);
end
$$;

revoke all on function atomic_update_user_behavior from public;

comment on function atomic_update_user_behavior is
  'Counts one violation of a user, atomically.';

grant execute on function atomic_update_user_behavior to authenticated;
grant execute on function atomic_update_user_behavior to service_role;
