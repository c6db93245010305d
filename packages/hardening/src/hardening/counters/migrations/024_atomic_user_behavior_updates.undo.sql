-- Takes the function away; what was counted stays.
drop function if exists atomic_update_user_behavior(uuid, text, text, text, jsonb);
