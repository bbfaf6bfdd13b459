package discordfake

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault makes requests fail: the next Times ones (all, where it is 0) whose method and path begin so.
type Fault struct {
	Method, Path string
	Times        int
	Status       int
	Header       map[string]string
	Body         string
	// Done does what was asked for, and loses the answer.
	Done bool
	// Hang answers nothing, until the one who asks has gone.
	Hang bool
	used int
}

// Fail makes requests fail.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Requests are those that were made, as "METHOD /path".
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// bucket is a rate limit: so many requests in a window.
type bucket struct {
	left  int
	reset time.Time
}

const (
	bucketSize   = 500
	bucketWindow = time.Second
)

// refusal is an answer that says no.
type refusal struct {
	status, code int
	message      string
}

var (
	unauthorized   = &refusal{401, 0, "401: Unauthorized"}
	missingAccess  = &refusal{403, 50001, "Missing Access"}
	noPermission   = &refusal{403, 50013, "Missing Permissions"}
	unknownChannel = &refusal{404, 10003, "Unknown Channel"}
	unknownMessage = &refusal{404, 10008, "Unknown Message"}
	notTheAuthor   = &refusal{403, 50005, "Cannot edit a message authored by another user"}
)

// call is a request as its handler sees it, with the server locked.
type call struct {
	*Server
	r     *http.Request
	bot   *Bot
	body  Object
	files []upload
}

type upload struct {
	name, kind string
	data       []byte
}

func (c *call) id(name string) string { return c.r.PathValue(name) }

func (s *Server) routes(mux *http.ServeMux) {
	handle := func(pattern string, do func(*call) (any, *refusal)) {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" /api/v9"+path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, pattern, do) })
	}
	mux.HandleFunc("/gateway/", s.serveGateway)
	mux.HandleFunc("/gateway/resume/", s.serveGateway)
	mux.HandleFunc("GET /cdn/", s.serveFile)
	handle("GET /gateway/bot", func(c *call) (any, *refusal) {
		return Object{"url": s.gateway(), "shards": s.shards, "session_start_limit": Object{"total": 1000, "remaining": c.bot.Remaining, "reset_after": 14400000, "max_concurrency": startQueue}}, nil
	})
	handle("GET /applications/@me", func(c *call) (any, *refusal) { return Object{"id": c.bot.ID, "flags": c.bot.Flags}, nil })
	handle("GET /users/@me", func(c *call) (any, *refusal) { return s.users[c.bot.ID], nil })
	handle("GET /users/@me/guilds", (*call).guilds)
	handle("POST /users/@me/channels", (*call).openTalk)
	handle("GET /gateway", func(*call) (any, *refusal) { return Object{"url": s.gateway()}, nil })
	handle("GET /users/{user}/profile", (*call).profile)
	handle("PUT /users/@me/relationships/{user}", (*call).relate)
	handle("PATCH /users/@me/relationships/{user}", (*call).nickname)
	handle("DELETE /users/@me/relationships/{user}", (*call).unrelate)
	handle("POST /channels/{channel}/messages/{message}/ack", (*call).acknowledge)
	handle("DELETE /channels/{channel}", (*call).leaveGroup)
	handle("PUT /channels/{channel}/recipients/{user}", (*call).addRecipient)
	handle("DELETE /channels/{channel}/recipients/{user}", (*call).removeRecipient)
	handle("GET /users/{user}", (*call).user)
	handle("GET /guilds/{guild}", (*call).guild)
	handle("GET /guilds/{guild}/channels", (*call).guildChannels)
	handle("GET /guilds/{guild}/threads/active", (*call).activeThreads)
	handle("GET /guilds/{guild}/members/{user}", (*call).member)
	handle("GET /guilds/{guild}/members/search", (*call).searchMembers)
	handle("GET /channels/{channel}/messages", (*call).list)
	handle("POST /channels/{channel}/messages", (*call).create)
	handle("GET /channels/{channel}/messages/{message}", (*call).get)
	handle("PATCH /channels/{channel}/messages/{message}", (*call).edit)
	handle("DELETE /channels/{channel}/messages/{message}", (*call).delete)
	handle("PUT /channels/{channel}/messages/{message}/reactions/{emoji}/@me", func(c *call) (any, *refusal) { return nil, c.react(true) })
	handle("DELETE /channels/{channel}/messages/{message}/reactions/{emoji}/@me", func(c *call) (any, *refusal) { return nil, c.react(false) })
	handle("GET /channels/{channel}/messages/{message}/reactions/{emoji}", (*call).whoReacted)
	handle("POST /channels/{channel}/typing", (*call).typing)
	handle("GET /channels/{channel}", (*call).getChannel)
	handle("PATCH /channels/{channel}", (*call).modifyChannel)
	handle("GET /channels/{channel}/threads/archived/public", func(c *call) (any, *refusal) { return c.archived(11, 1<<16) })
	handle("GET /channels/{channel}/threads/archived/private", func(c *call) (any, *refusal) { return c.archived(12, 1<<16, 1<<34) })
	handle("GET /channels/{channel}/users/@me/threads/archived/private", func(c *call) (any, *refusal) {
		return Object{"threads": []Object{}, "members": []Object{}, "has_more": false}, nil
	})
	handle("POST /channels/{channel}/threads", (*call).startBareThread)
	handle("POST /guilds/{guild}/channels", (*call).createChannel)
	handle("DELETE /guilds/{guild}/members/{user}", (*call).kick)
	handle("PATCH /guilds/{guild}/members/{user}", (*call).modifyMember)
	handle("GET /guilds/{guild}/bans", (*call).bans)
	handle("PUT /guilds/{guild}/bans/{user}", (*call).ban)
	handle("DELETE /guilds/{guild}/bans/{user}", (*call).unban)
	handle("POST /channels/{channel}/messages/{message}/threads", (*call).startThread)
	handle("GET /channels/{channel}/webhooks", (*call).listWebhooks)
	handle("POST /channels/{channel}/webhooks", (*call).createWebhook)
	handle("POST /webhooks/{webhook}/{token}", (*call).executeWebhook)
	handle("PATCH /webhooks/{webhook}/{token}/messages/{message}", (*call).editByWebhook)
	handle("DELETE /webhooks/{webhook}/{token}/messages/{message}", (*call).deleteByWebhook)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, pattern string, do func(*call) (any, *refusal)) {
	c := &call{Server: s, r: r, body: Object{}}
	if err := c.read(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/api/v9")
	s.requests = append(s.requests, r.Method+" "+path)
	var lose, hang bool
	for _, f := range s.faults {
		if f.Method != r.Method || !strings.HasPrefix(path, f.Path) || f.Times > 0 && f.used >= f.Times {
			continue
		}
		f.used++
		if f.Done {
			lose, hang = true, f.Hang
			break
		}
		if f.Hang {
			s.hang(r)
			return
		}
		for name, value := range f.Header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(f.Status)
		_, _ = io.WriteString(w, f.Body)
		return
	}
	token, isBot := strings.CutPrefix(r.Header.Get("Authorization"), "Bot ")
	if c.bot = s.bots[token]; c.bot != nil && c.bot.Person == isBot {
		c.bot = nil
	}
	if c.bot == nil && !strings.HasPrefix(pattern[strings.Index(pattern, " ")+1:], "/webhooks/") {
		answer(w, nil, unauthorized)
		return
	}
	if c.bot != nil && c.bot.Person && slices.Contains(forBots, pattern) {
		answer(w, nil, onlyBots)
		return
	}
	if !s.limit(w, pattern, r.Header.Get("Authorization")+pattern+c.id("channel")) {
		return
	}
	result, no := do(c)
	if hang {
		s.hang(r)
		return
	}
	if lose {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<html>bad gateway</html>")
		return
	}
	answer(w, result, no)
}

// hang waits until the client has gone. The server goes on meanwhile.
func (s *Server) hang(r *http.Request) {
	s.mu.Unlock()
	<-r.Context().Done()
	s.mu.Lock()
}

// Asked waits until a request was made that begins so, as "METHOD /path", and gives how many there were.
func (s *Server) Asked(begin string) (n int) {
	s.t.Helper()
	s.wait("request "+begin, func() bool {
		n = 0
		for _, r := range s.requests {
			if strings.HasPrefix(r, begin) {
				n++
			}
		}
		return n > 0
	})
	return n
}

// limit counts a request, and refuses one too many.
func (s *Server) limit(w http.ResponseWriter, name, key string) bool {
	b := s.buckets[key]
	if b == nil || time.Now().After(b.reset) {
		b = &bucket{bucketSize, time.Now().Add(bucketWindow)}
		s.buckets[key] = b
	}
	after := time.Until(b.reset).Seconds()
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(bucketSize))
	h.Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(b.reset.UnixMilli())/1000))
	h.Set("X-RateLimit-Reset-After", fmt.Sprintf("%.3f", after))
	h.Set("X-RateLimit-Bucket", fmt.Sprintf("%x", crc32.ChecksumIEEE([]byte(name))))
	if b.left <= 0 {
		h.Set("X-RateLimit-Remaining", "0")
		h.Set("X-RateLimit-Scope", "user")
		h.Set("Retry-After", strconv.Itoa(int(after)+1))
		w.WriteHeader(http.StatusTooManyRequests)
		_ = json.NewEncoder(w).Encode(Object{"message": "You are being rate limited.", "retry_after": after, "global": false})
		return false
	}
	b.left--
	h.Set("X-RateLimit-Remaining", strconv.Itoa(b.left))
	return true
}

func answer(w http.ResponseWriter, result any, no *refusal) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case no != nil:
		w.WriteHeader(no.status)
		_ = json.NewEncoder(w).Encode(Object{"code": no.code, "message": no.message})
	case result == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		_ = json.NewEncoder(w).Encode(result)
	}
}

// read reads the body: JSON, or a form with files.
func (c *call) read() error {
	kind, params, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		data, err := io.ReadAll(c.r.Body)
		if err == nil && len(data) > 0 {
			err = json.Unmarshal(data, &c.body)
		}
		return err
	}
	form := multipart.NewReader(c.r.Body, params["boundary"])
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		if part.FormName() == "payload_json" {
			if err := json.Unmarshal(data, &c.body); err != nil {
				return err
			}
			continue
		}
		c.files = append(c.files, upload{part.FileName(), part.Header.Get("Content-Type"), data})
	}
}
