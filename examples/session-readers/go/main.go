package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

func main() {
	options, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	if err != nil {
		log.Fatal(err)
	}
	options.ReadTimeout, options.DialTimeout = 500*time.Millisecond, 500*time.Millisecond
	idle, err := strconv.Atoi(orElse(os.Getenv("IDLE_SECONDS"), "1800"))
	if err != nil {
		log.Fatal(err)
	}
	lua := orElse(os.Getenv("SESSION_LUA"), "../../../packages/session/lua")
	secrets := strings.Split(os.Getenv("SESSION_SECRETS"), ",")
	sessions, err := NewSessions(redis.NewClient(options), secrets, time.Duration(idle)*time.Second, lua)
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		session, err := sessions.Find(r)
		switch {
		case err != nil:
			w.Header().Set("Retry-After", "1")
			answer(w, http.StatusServiceUnavailable, map[string]string{"code": "session_unavailable"})
		case session == nil:
			answer(w, http.StatusUnauthorized, map[string]string{"code": "unauthenticated"})
		default:
			answer(w, http.StatusOK, session)
		}
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func orElse(value, other string) string {
	if value == "" {
		return other
	}
	return value
}
