"""
What Redis runs: one script a step, each of which may safely run twice.

The first key is a sorted set; a member's score is the server's time of its marking in
microseconds, plus its place in the batch, so that a batch's order is kept. The other
keys are the claims, which the server itself lets expire.
"""

_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
"""

# ARGV: window in microseconds, token or '', lease in milliseconds, keys.
LOOK = f"""
{_NOW}
local oldest, token, lease = now - ARGV[1], ARGV[2], ARGV[3]
local scores = redis.call('ZMSCORE', KEYS[1], unpack(ARGV, 4))
local sights = {{}}
for i, score in ipairs(scores) do
  if score and tonumber(score) > oldest then
    sights[i] = 1
  elseif token == ''
      or redis.call('SET', KEYS[i + 1], token, 'NX', 'PX', lease)
      or redis.call('GET', KEYS[i + 1]) == token then
    sights[i] = 0
  else
    sights[i] = 2
  end
end
return sights
"""
"""Returns a number of `Sight` for each key."""

# ARGV: window in microseconds, size, token or '', keys. At most so many are dropped at
# once that no other client waits for long; the next mark goes on.
MARK = f"""
{_NOW}
local window, size, token = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local added = {{}}
for i = 4, #ARGV do
  added[#added + 1] = now + i
  added[#added + 1] = ARGV[i]
end
redis.call('ZADD', KEYS[1], unpack(added))
local gone = math.max(
  redis.call('ZCOUNT', KEYS[1], '-inf', now - window),
  redis.call('ZCARD', KEYS[1]) - size
)
if gone > 0 then
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, math.min(gone, 10000) - 1)
end
redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000) + 1)
for i = 2, #KEYS do
  if redis.call('GET', KEYS[i]) == token then redis.call('DEL', KEYS[i]) end
end
return redis.call('ZCARD', KEYS[1])
"""
"""Returns how many keys there are."""

# ARGV: token.
RELEASE = """
for i = 2, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then redis.call('DEL', KEYS[i]) end
end
return 0
"""
"""Returns nothing that matters."""

KEYS_MAX = 2_000
"""How many keys one run takes: Lua hands no more than 8,000 arguments to a command."""
