"""
Who runs which shard: one process by a lock on its folder, or many over PostgreSQL.

`locked` gives a process every shard of its workspace. `dbos` shares the shards out
among the workers of one database; nothing but it imports DBOS, so that a workspace on
one machine needs neither the library nor a server.
"""
