-- Takes the table away; a webhook that is sent again is processed again.
set local lock_timeout = '5s';

drop table if exists webhook_events;
