<?php

declare(strict_types=1);

/** A live session as it was when it was read. */
final class Session
{
    /** @param array<string, string> $fields */
    public function __construct(
        public readonly string $bucket,
        public readonly string $id,
        private readonly array $fields,
    ) {
    }

    /** A field of the format, such as @t, or null. */
    public function field(string $name): ?string
    {
        return $this->fields[$name] ?? null;
    }

    /** The logged-in user, or null: the session may be of a visitor who has not logged in. */
    public function user(): ?stdClass
    {
        $user = json_decode($this->fields['=user'] ?? 'null');
        $isOwner = $user instanceof stdClass && isset($this->fields['@u'], $this->fields['@p'], $user->id);
        return $isOwner && $user->id === $this->fields['@u'] ? $user : null;
    }

    /** Every other attribute by its name. */
    public function attributes(): array
    {
        $attributes = [];
        foreach ($this->fields as $field => $text) {
            if ($field[0] === '=' && $field !== '=user') {
                $attributes[substr($field, 1)] = json_decode($text);
            }
        }
        return $attributes;
    }
}

/** The sessions of @holdfast/session: docs/session-format.md, version 1. A RedisException means that Redis is away. */
final class Sessions
{
    /** @param list<string> $secrets as the Node services have them, in any order */
    public function __construct(
        private readonly Redis $redis,
        private readonly array $secrets,
        private readonly string $luaFolder,
        private readonly int $idleSeconds = 1800,
        private readonly string $cookieName = 'hf_sid',
        private readonly string $prefix = 'hf:session:',
    ) {
    }

    /** The live session of a Cookie header, or null. To find it counts as a use. */
    public function find(string $header): ?Session
    {
        foreach ($this->signedSids($header) as $sid) {
            $hash = hash('sha256', $sid, true);
            $id = rtrim(strtr(base64_encode($hash), '+/', '-_'), '=');
            $isOurs = preg_match('/^([0-9a-f]{2})~[A-Za-z0-9_-]{32}$/D', $sid, $match) === 1;
            $bucket = $isOurs ? $match[1] : substr(bin2hex($hash), 0, 2);
            $fields = $this->redis->hGetAll("{$this->prefix}{{$bucket}}:$id");
            if (!isset($fields['@c']) || isset($fields['@x'])) {
                continue;
            }
            $session = new Session($bucket, $id, $fields);
            $this->touchIfDue($session);
            return $session;
        }
        return null;
    }

    /** Sets one attribute and leaves the others alone. False when the session has ended meanwhile. */
    public function set(Session $session, string $name, mixed $value): bool
    {
        $text = json_encode($value, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION);
        return $this->run('write', $session, $this->lifetimeMs(), $session->field('@v'), '', 1, "=$name", $text) > 0;
    }

    /** Ends the session in every service. False when it had ended already. */
    public function end(Session $session, string $reason = 'logout'): bool
    {
        return $this->run('end', $session, $reason, 'php') === 1;
    }

    /** @return iterable<string> the sids that one of our secrets signed */
    private function signedSids(string $header): iterable
    {
        preg_match_all('/(?:^|;)\s*' . preg_quote($this->cookieName, '/') . '=([^;]*)/', $header, $found);
        foreach (array_slice($found[1], 0, 8) as $raw) {
            $value = rawurldecode(trim(trim($raw), '"'));
            $dot = strrpos($value, '.');
            if (!str_starts_with($value, 's:') || $dot === false || $dot < 3) {
                continue;
            }
            $sid = substr($value, 2, $dot - 2);
            foreach ($this->secrets as $secret) {
                $signature = rtrim(base64_encode(hash_hmac('sha256', $sid, $secret, true)), '=');
                if (hash_equals($signature, substr($value, $dot + 1))) {
                    yield $sid;
                    break;
                }
            }
        }
    }

    private function touchIfDue(Session $session): void
    {
        if (microtime(true) * 1000 - (float) $session->field('@t') >= $this->idleSeconds * 100) {
            $this->run('touch', $session, $this->lifetimeMs());
        }
    }

    /** The idle time, and a tenth of it: uses are told to Redis once in that time. */
    private function lifetimeMs(): int
    {
        return $this->idleSeconds * 1100;
    }

    private function run(string $script, Session $session, string|int ...$arguments): mixed
    {
        $lua = file_get_contents("$this->luaFolder/shared.lua") . file_get_contents("$this->luaFolder/$script.lua");
        $key = "{$this->prefix}{{$session->bucket}}:$session->id";
        $all = [$key, $this->prefix, $session->bucket, $session->id, ...$arguments];
        $this->redis->clearLastError();
        $reply = $this->redis->evalSha(sha1($lua), $all, 1);
        if (str_starts_with($this->redis->getLastError() ?? '', 'NOSCRIPT')) {
            $this->redis->clearLastError();
            $reply = $this->redis->eval($lua, $all, 1);
        }
        if ($this->redis->getLastError() !== null) {
            throw new RedisException($this->redis->getLastError());
        }
        return $reply;
    }
}
