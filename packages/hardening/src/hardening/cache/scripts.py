"""
What runs inside Redis, each script as one step that nothing interrupts.

A generation is kept in one hash, with the members that watch it and the generation that
each has seen, so that none of them can be lost without the others. Counts start at the
server's time in microseconds: a hash that was lost and made anew never repeats one. The
run id of the server stands beside the count: a server that was restarted, or promoted,
may know an older count than the one before it; it starts a new one.

Fields of the hash: `m:` and a member is the count that it has seen, `t:` and a member when
it last looked, by the server's clock. A member that ends without a word (`os._exit`) is
dropped once it must have lapsed, by a look of any other.
"""

_OPEN = """
local function text(number) return string.format('%.0f', number) end
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local kept = redis.call('HMGET', KEYS[1], 'run', 'count', 'born')
local count, born = tonumber(kept[2]), tonumber(kept[3])
if kept[1] ~= run or not count or not born then
  count = math.max(now, (count or 0) + 1)
  born = now
  redis.call('HSET', KEYS[1], 'run', run, 'count', text(count), 'born', text(born))
end
"""

# Twice the term, and a minute at least: nobody is dropped who may still serve a value,
# also where the server's clock was put forward by that much. Looked for as often as that,
# not at each look: a thousand members look once a second each.
_SWEEP = """
local past = math.max(2 * (tonumber(redis.call('HGET', KEYS[1], 'term')) or 0), 60000) * 1000
if math.abs(now - (tonumber(redis.call('HGET', KEYS[1], 'swept')) or 0)) > past then
  redis.call('HSET', KEYS[1], 'swept', text(now))
  local fields = redis.call('HGETALL', KEYS[1])
  for i = 1, #fields, 2 do
    if string.sub(fields[i], 1, 2) == 't:' and now - tonumber(fields[i + 1]) > past then
      redis.call('HDEL', KEYS[1], fields[i], 'm:' .. string.sub(fields[i], 3))
    end
  end
end
"""

# A day after the last process stopped to look, nothing of it is left.
LOOK = (
    _OPEN
    + """
local member, seen, term = ARGV[1], ARGV[2], tonumber(ARGV[3])
redis.call('HSET', KEYS[1], 't:' .. member, text(now))
if seen == '' or seen == text(count) then
  redis.call('HSET', KEYS[1], 'm:' .. member, text(count))
end
if term > (tonumber(redis.call('HGET', KEYS[1], 'term')) or 0) then
  redis.call('HSET', KEYS[1], 'term', ARGV[3])
end
"""
    + _SWEEP
    + """
redis.call('EXPIRE', KEYS[1], 86400)
return text(count)
"""
)

_MEMBERS = """
local function behind(count)
  local found = {}
  local fields = redis.call('HGETALL', KEYS[1])
  for i = 1, #fields, 2 do
    if string.sub(fields[i], 1, 2) == 'm:' and tonumber(fields[i + 1]) < count then
      found[#found + 1] = string.sub(fields[i], 3)
    end
  end
  return found
end
"""

ADVANCE = (
    _OPEN
    + _MEMBERS
    + """
count = count + 1
redis.call('HSET', KEYS[1], 'count', text(count))
redis.call('EXPIRE', KEYS[1], 86400)
redis.call('PUBLISH', KEYS[1], text(count))
local term = redis.call('HGET', KEYS[1], 'term') or '0'
return {text(count), text(born), text(math.max(0, now - born)), term, behind(count)}
"""
)

PENDING = (
    _OPEN
    + _MEMBERS
    + """
if text(born) ~= ARGV[2] then return false end
return behind(tonumber(ARGV[1]))
"""
)

FORGET = """
local removed = 0
for i = 2, #ARGV do
  local seen = tonumber(redis.call('HGET', KEYS[1], 'm:' .. ARGV[i]))
  if seen and seen < tonumber(ARGV[1]) then
    removed = removed + redis.call('HDEL', KEYS[1], 'm:' .. ARGV[i])
    redis.call('HDEL', KEYS[1], 't:' .. ARGV[i])
  end
end
return removed
"""

# --- results: a value under a key, and the lease of whoever loads it -----------------
# KEYS: the generation of the namespace, the entry, the lease. An entry begins with the
# generation under which its load began. A generation that was lost starts at the time.

_NAMESPACE = """
local generation = redis.call('GET', KEYS[1])
if not generation then
  local time = redis.call('TIME')
  generation = string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2]))
  redis.call('SET', KEYS[1], generation)
end
"""

TAKE = (
    _NAMESPACE
    + """
local entry = redis.call('GET', KEYS[2])
local head = generation .. ':'
local payload = false
if entry and string.sub(entry, 1, #head) == head then
  payload = string.sub(entry, #head + 1)
  if redis.call('PTTL', KEYS[2]) > tonumber(ARGV[3]) then
    return {'fresh', payload}
  end
end
if redis.call('SET', KEYS[3], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return {'lead', generation}
end
if payload then return {'late', payload} end
return {'wait', redis.call('GET', KEYS[3])}
"""
)

PUT = (
    _NAMESPACE
    + """
if redis.call('GET', KEYS[3]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[3])
if generation ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[2], generation .. ':' .. ARGV[3], 'PX', ARGV[4])
return 1
"""
)

SET = (
    _NAMESPACE
    + """
redis.call('DEL', KEYS[3])
redis.call('SET', KEYS[2], generation .. ':' .. ARGV[1], 'PX', ARGV[2])
return 1
"""
)

GIVE_UP = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""

CLEAR = (
    _NAMESPACE
    + """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local next = math.max(now, tonumber(generation) + 1)
redis.call('SET', KEYS[1], string.format('%.0f', next))
return 1
"""
)
