package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

var ownSid = regexp.MustCompile(`^([0-9a-f]{2})~[A-Za-z0-9_-]{32}$`)

const (
	cookieName = "hf_sid"
	prefix     = "hf:session:"
	maxCookies = 8
)

// Session is a live session of a logged-in user, as it was when it was read.
type Session struct {
	User       json.RawMessage            `json:"user"`
	Attributes map[string]json.RawMessage `json:"attributes"`
}

// Sessions reads the sessions of @holdfast/session: docs/session-format.md, version 1.
type Sessions struct {
	redis   *redis.Client
	secrets []string
	idle    time.Duration
	touch   *redis.Script
}

// NewSessions takes the secrets as the Node services have them, in any order, and the folder of the Lua scripts.
func NewSessions(client *redis.Client, secrets []string, idle time.Duration, luaFolder string) (*Sessions, error) {
	shared, err := os.ReadFile(filepath.Join(luaFolder, "shared.lua"))
	if err != nil {
		return nil, err
	}
	touch, err := os.ReadFile(filepath.Join(luaFolder, "touch.lua"))
	if err != nil {
		return nil, err
	}
	return &Sessions{client, secrets, idle, redis.NewScript(string(shared) + string(touch))}, nil
}

// Find returns the session of a request, or nil where nobody is logged in. To find it counts as a use. An error means that
// Redis is away.
func (s *Sessions) Find(r *http.Request) (*Session, error) {
	for n, cookie := range r.CookiesNamed(cookieName) {
		if n == maxCookies {
			break
		}
		sid, ok := s.unsign(cookie.Value)
		if !ok {
			continue
		}
		bucket, id := locate(sid)
		key := prefix + "{" + bucket + "}:" + id
		fields, err := s.redis.HGetAll(r.Context(), key).Result()
		if err != nil {
			return nil, err
		}
		_, isEnded := fields["@x"]
		if _, isMade := fields["@c"]; !isMade || isEnded {
			continue
		}
		return open(fields), s.touchIfDue(r.Context(), fields["@t"], key, bucket, id)
	}
	return nil, nil
}

// unsign returns the sid of a cookie that one of the secrets signed.
func (s *Sessions) unsign(raw string) (string, bool) {
	value, err := url.PathUnescape(raw)
	dot := strings.LastIndexByte(value, '.')
	if err != nil || dot < 3 || !strings.HasPrefix(value, "s:") {
		return "", false
	}
	sid, signature := value[2:dot], value[dot+1:]
	for _, secret := range s.secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(sid))
		if hmac.Equal([]byte(base64.RawStdEncoding.EncodeToString(mac.Sum(nil))), []byte(signature)) {
			return sid, true
		}
	}
	return "", false
}

func locate(sid string) (bucket, id string) {
	hash := sha256.Sum256([]byte(sid))
	bucket = hex.EncodeToString(hash[:1])
	if own := ownSid.FindStringSubmatch(sid); own != nil {
		bucket = own[1]
	}
	return bucket, base64.RawURLEncoding.EncodeToString(hash[:])
}

// open returns nil for the session of a visitor who has not logged in.
func open(fields map[string]string) *Session {
	var user struct{ ID string }
	owner, hasOwner := fields["@u"]
	_, hasName := fields["@p"]
	if json.Unmarshal([]byte(fields["=user"]), &user) != nil || !hasOwner || !hasName || user.ID != owner {
		return nil
	}
	session := &Session{json.RawMessage(fields["=user"]), map[string]json.RawMessage{}}
	for field, text := range fields {
		if name, isAttribute := strings.CutPrefix(field, "="); isAttribute && name != "user" && json.Valid([]byte(text)) {
			session.Attributes[name] = json.RawMessage(text)
		}
	}
	return session
}

// touchIfDue tells Redis of a use once in a tenth of the idle time, by which a session lives longer.
func (s *Sessions) touchIfDue(ctx context.Context, touched, key, bucket, id string) error {
	at, _ := strconv.ParseInt(touched, 10, 64)
	if time.Since(time.UnixMilli(at)) < s.idle/10 {
		return nil
	}
	lifetime := (s.idle + s.idle/10).Milliseconds()
	return s.touch.Run(ctx, s.redis, []string{key}, prefix, bucket, id, lifetime).Err()
}
