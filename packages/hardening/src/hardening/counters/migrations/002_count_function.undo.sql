-- Takes the functions away; what was counted stays.
drop function if exists
  hardening_count(text, text, jsonb, text[], jsonb, text, integer),
  hardening_append(jsonb, jsonb, integer),
  hardening_add_all(jsonb, jsonb),
  hardening_add_at(jsonb, text[], numeric);
