"""
The script: every move of a shared circuit, decided in Redis in one step.

A circuit is a hash. Its times are Redis's own, in milliseconds, so that no process's
clock matters; and since that clock may be set back as well, no wait is ever longer than
the span it was made of. Its version grows with each change and never repeats, also when
Redis lost everything: it starts from the time. The version at which a trial call was
lent is the lease's fencing token.

Keys: the circuits; only `read` takes more than one.
Arguments: the verb, the channel that changes are told on, and the verb's own.

    read                              nothing else
    failed                            one more failure, while closed
    succeeded                         no failure in a row any more, while closed
    opened     <span>                 opens it for so long, unless it is open
    ask        <span>                 lends the trial call for so long
    settled    <token> <outcome> <probes> <cool-off> …
    ordered    <state>                an operator's decision; 'closed' is a reset

Returns for each key: version, state, failures, openings, wait in ms, token. The version
is 0 where Redis knows nothing; the token is 0 but for the answer that lends.
"""

SCRIPT = """
local KEEP_MS = 7 * 24 * 3600 * 1000
local verb, channel = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function load(key)
  local names = {'version', 'order', 'failures', 'openings', 'proven',
                 'until', 'span', 'lease', 'lent', 'token'}
  local got = redis.call('HMGET', key, unpack(names))
  local circuit = {}
  for place, name in ipairs(names) do circuit[name] = tonumber(got[place] or '0') end
  circuit.order = got[2] or ''
  -- A clock that was set back makes no wait longer than its span.
  for name, span in pairs({['until'] = circuit.span, lease = circuit.lent}) do
    if circuit[name] > now + span then
      circuit[name] = now + span
      redis.call('HSET', key, name, string.format('%.0f', circuit[name]))
    end
  end
  return circuit
end

local function view(circuit, token)
  local state, wait = 'closed', 0
  if circuit.order ~= '' then state = circuit.order
  elseif circuit.span > 0 then
    state = 'open'
    wait = math.max(circuit['until'], circuit.lease) - now
  end
  return {circuit.version, state, circuit.failures, circuit.openings,
          math.max(0, wait), token or 0}
end

local function later(circuit) return math.max(circuit.version + 1, now) end

local function save(key, circuit, told)
  circuit.version = later(circuit)
  local flat = {}
  for name, content in pairs(circuit) do
    flat[#flat + 1] = name
    flat[#flat + 1] = type(content) == 'number'
      and string.format('%.0f', content) or content
  end
  redis.call('HSET', key, unpack(flat))
  if circuit.order == '' then redis.call('PEXPIRE', key, KEEP_MS)
  else redis.call('PERSIST', key) end
  if told then redis.call('PUBLISH', channel, key) end
end

local function close(circuit)
  for _, name in ipairs({'failures', 'openings', 'proven', 'until', 'span',
                         'lease', 'lent', 'token'}) do circuit[name] = 0 end
  circuit.order = ''
end

local function open(circuit, span)
  local openings = circuit.openings + 1
  close(circuit)
  circuit.openings, circuit.span, circuit['until'] = openings, span, now + span
end

if verb == 'read' then
  local views = {}
  for place, key in ipairs(KEYS) do views[place] = view(load(key)) end
  return views
end

local key = KEYS[1]
local circuit = load(key)
-- Who asks has an open circuit that cooled off; a Redis that lost it believes that.
if verb == 'ask' and circuit.version == 0 then
  open(circuit, 1)
  circuit['until'] = now
end
local closed = circuit.span == 0 and circuit.order == ''
local number = tonumber(ARGV[3])

if verb == 'failed' and closed then
  circuit.failures = circuit.failures + 1
  save(key, circuit, false)
elseif verb == 'succeeded' and closed and circuit.failures > 0 then
  circuit.failures = 0
  save(key, circuit, false)
elseif verb == 'opened' and closed then
  open(circuit, number)
  save(key, circuit, true)
elseif verb == 'ask' and circuit.order == '' and circuit.span > 0
    and circuit['until'] <= now and circuit.lease <= now then
  circuit.lease, circuit.lent, circuit.token = now + number, number, later(circuit)
  save(key, circuit, false)
  return {view(circuit, circuit.token)}
elseif verb == 'settled' and number == circuit.token and circuit.lease > now then
  local outcome, probes = ARGV[4], tonumber(ARGV[5])
  circuit.lease, circuit.lent, circuit.token = 0, 0, 0
  if outcome == 'failed' then
    local cool_offs = #ARGV - 5
    open(circuit, tonumber(ARGV[5 + math.min(circuit.openings + 1, cool_offs)]))
  elseif outcome == 'succeeded' then
    circuit.proven = circuit.proven + 1
    if circuit.proven >= probes then close(circuit) end
  end
  save(key, circuit, true)
elseif verb == 'ordered' then
  close(circuit)
  if ARGV[3] ~= 'closed' then circuit.order = ARGV[3] end
  save(key, circuit, true)
end
return {view(circuit)}
"""
