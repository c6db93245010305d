-- Takes the heartbeats away; running jobs go on, and nobody watches them.
DROP TABLE IF EXISTS job_heartbeat;
