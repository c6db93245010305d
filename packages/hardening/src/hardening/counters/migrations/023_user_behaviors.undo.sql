-- Takes the table away, with everything that is known of the users. Back it up first.
set local lock_timeout = '5s';

drop table if exists user_behaviors;
