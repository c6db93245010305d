-- Takes the counters away, with everything that they counted.
set local lock_timeout = '5s';

drop table if exists hardening_counters;
