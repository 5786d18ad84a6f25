-- Ends one session and tells every process.
--
--   KEYS[1]  the session
--   ARGV[1]  prefix
--   ARGV[2]  bucket
--   ARGV[3]  session id
--   ARGV[4]  reason: logout, revoked, password-changed or replaced
--   ARGV[5]  origin: names the process that ends it, in the announcement; may be ''
--
-- Replies 1, or 0 when the session was not alive.

return finish(ARGV[3], ARGV[4], ARGV[5]) and 1 or 0
