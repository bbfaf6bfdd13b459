package discordfake

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
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
		return Object{"url": s.gateway(), "shards": 1, "session_start_limit": Object{"total": 1000, "remaining": c.bot.Remaining, "reset_after": 14400000, "max_concurrency": 16}}, nil
	})
	handle("GET /applications/@me", func(c *call) (any, *refusal) { return Object{"id": c.bot.ID, "flags": c.bot.Flags}, nil })
	handle("GET /users/@me", func(c *call) (any, *refusal) { return s.users[c.bot.ID], nil })
	handle("GET /users/@me/guilds", (*call).guilds)
	handle("POST /users/@me/channels", (*call).openTalk)
	handle("GET /users/{user}", (*call).user)
	handle("GET /guilds/{guild}/members/search", (*call).searchMembers)
	handle("GET /channels/{channel}/messages", (*call).list)
	handle("POST /channels/{channel}/messages", (*call).create)
	handle("GET /channels/{channel}/messages/{message}", (*call).get)
	handle("PATCH /channels/{channel}/messages/{message}", (*call).edit)
	handle("DELETE /channels/{channel}/messages/{message}", (*call).delete)
	handle("PUT /channels/{channel}/messages/{message}/reactions/{emoji}/@me", func(c *call) (any, *refusal) { return nil, c.react(true) })
	handle("DELETE /channels/{channel}/messages/{message}/reactions/{emoji}/@me", func(c *call) (any, *refusal) { return nil, c.react(false) })
	handle("POST /channels/{channel}/typing", (*call).typing)
	handle("GET /channels/{channel}", (*call).getChannel)
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
	var lose bool
	for _, f := range s.faults {
		if f.Method != r.Method || !strings.HasPrefix(path, f.Path) || f.Times > 0 && f.used >= f.Times {
			continue
		}
		f.used++
		if f.Done {
			lose = true
			break
		}
		for name, value := range f.Header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(f.Status)
		_, _ = io.WriteString(w, f.Body)
		return
	}
	token, isBot := strings.CutPrefix(r.Header.Get("Authorization"), "Bot ")
	c.bot = s.bots[token]
	if (c.bot == nil || !isBot) && !strings.HasPrefix(pattern[strings.Index(pattern, " ")+1:], "/webhooks/") {
		answer(w, nil, unauthorized)
		return
	}
	if !s.limit(w, pattern, r.Header.Get("Authorization")+pattern+c.id("channel")) {
		return
	}
	result, no := do(c)
	if lose {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<html>bad gateway</html>")
		return
	}
	answer(w, result, no)
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

func (c *call) guilds() (any, *refusal) {
	all := []Object{}
	for _, id := range slices.Sorted(maps.Keys(c.Server.guilds)) {
		if g := c.Server.guilds[id]; g.members[c.bot.ID] != nil {
			all = append(all, Object{"id": id, "name": g.name})
		}
	}
	return all, nil
}

func (c *call) user() (any, *refusal) {
	if u := c.users[c.id("user")]; u != nil {
		return u, nil
	}
	return nil, &refusal{404, 10013, "Unknown User"}
}

func (c *call) searchMembers() (any, *refusal) {
	g := c.Server.guilds[c.id("guild")]
	if g == nil {
		return nil, &refusal{404, 10004, "Unknown Guild"}
	}
	query, all := strings.ToLower(c.r.URL.Query().Get("query")), []Object{}
	for _, id := range slices.Sorted(maps.Keys(g.members)) {
		u := c.users[id]
		if strings.HasPrefix(strings.ToLower(str(u["username"])), query) || strings.HasPrefix(strings.ToLower(str(g.members[id]["nick"])), query) {
			all = append(all, g.members[id])
		}
	}
	return all, nil
}

func (c *call) openTalk() (any, *refusal) {
	with := str(c.body["recipient_id"])
	if c.users[with] == nil {
		return nil, &refusal{400, 50033, "Invalid Recipient(s)"}
	}
	for _, g := range c.Server.guilds {
		if g.members[with] != nil && g.members[c.bot.ID] != nil {
			return c.talk(c.bot.ID, with), nil
		}
	}
	return nil, &refusal{403, 50278, "Cannot send messages to this user due to having no mutual guilds"}
}

// talk finds or makes the channel of a bot's talk with a user.
func (s *Server) talk(bot, user string) Object {
	for _, ch := range s.channels {
		if ch["bot"] == bot && ch["user"] == user {
			return ch
		}
	}
	ch := Object{"id": s.id(), "type": 1, "recipients": []Object{s.users[user]}, "bot": bot, "user": user, "last_message_id": nil}
	s.channels[str(ch["id"])] = ch
	return ch
}

// channel finds the channel of a request, where the bot may do something there.
func (c *call) channel(bits ...uint64) (Object, *refusal) {
	ch := c.channels[c.id("channel")]
	if ch == nil {
		return nil, unknownChannel
	}
	if !c.can(c.id("channel"), c.bot.ID, 1<<10) {
		return nil, missingAccess
	}
	for _, bit := range bits {
		if !c.can(c.id("channel"), c.bot.ID, bit) {
			return nil, noPermission
		}
	}
	return ch, nil
}

func (c *call) list() (any, *refusal) {
	if _, no := c.channel(); no != nil {
		return nil, no
	}
	all := slices.Clone(c.messages[c.id("channel")])
	q := c.r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("limit"))
	if limit == 0 {
		limit = 50
	}
	if !c.can(c.id("channel"), c.bot.ID, 1<<16) {
		all = nil
	}
	if after := q.Get("after"); after != "" {
		all = slices.DeleteFunc(all, func(m Object) bool { return !newer(str(m["id"]), after) })
		all = all[:min(limit, len(all))]
	} else {
		all = all[max(0, len(all)-limit):]
	}
	slices.Reverse(all) // newest first
	for i := range all {
		all[i] = c.shown(all[i])
	}
	if all == nil {
		all = []Object{}
	}
	return all, nil
}

func newer(a, b string) bool { return len(a) > len(b) || len(a) == len(b) && a > b }

func (c *call) create() (any, *refusal) {
	ch, no := c.channel(1 << 11)
	if no != nil {
		return nil, no
	}
	content := str(c.body["content"])
	switch {
	case content == "" && len(c.files) == 0:
		return nil, &refusal{400, 50006, "Cannot send an empty message"}
	case utf8.RuneCountInString(content) > 2000:
		return nil, &refusal{400, 50035, "Invalid Form Body"}
	case c.body["allowed_mentions"] == nil:
		c.t.Errorf("a message without allowed_mentions: %v", c.body)
	}
	if c.body["enforce_nonce"] == true {
		for _, m := range c.messages[c.id("channel")] {
			if m["nonce"] == c.body["nonce"] && m["author"].(Object)["id"] == c.bot.ID {
				return c.shown(m), nil
			}
		}
	}
	m := c.newMessage(ch, c.users[c.bot.ID], content, Object{"nonce": c.body["nonce"]}, c.files)
	if ref, is := c.body["message_reference"].(map[string]any); is {
		if no := c.refer(ch, m, str(ref["message_id"]), ref["fail_if_not_exists"] != false); no != nil {
			return nil, no
		}
	}
	return c.shown(c.publish(ch, m)), nil
}

// newMessage makes a message that is not published yet.
func (s *Server) newMessage(ch, author Object, content string, more Object, files []upload) Object {
	id := s.id()
	m := Object{"id": id, "channel_id": ch["id"], "author": author, "content": content, "timestamp": now(), "edited_timestamp": nil, "type": 0,
		"attachments": []Object{}, "embeds": []Object{}, "mentions": []Object{}, "components": []Object{}, "reactions": []Object{}}
	for i, f := range files {
		at := strconv.Itoa(i + 1)
		s.files["/attachments/"+str(ch["id"])+"/"+id+at] = f.data
		m["attachments"] = append(m["attachments"].([]Object), Object{"id": id + at, "filename": f.name, "content_type": f.kind, "size": len(f.data)})
	}
	maps.Copy(m, more)
	return m
}

func (s *Server) refer(ch, m Object, id string, must bool) *refusal {
	of := s.message(str(ch["id"]), id)
	if of == nil {
		if must {
			return &refusal{400, 50035, "Unknown message"}
		}
		return nil
	}
	m["type"], m["message_reference"], m["referenced_message"] = 19, Object{"message_id": id, "channel_id": ch["id"]}, of
	return nil
}

// publish keeps a message and tells of it: before the answer to who sent it.
func (s *Server) publish(ch, m Object) Object {
	id := str(ch["id"])
	s.messages[id] = append(s.messages[id], m)
	ch["last_message_id"] = m["id"]
	s.tell(ch, "MESSAGE_CREATE", s.shown(m), str(m["author"].(Object)["id"]))
	return m
}

// tell tells of a message, with the guild and the member where there are any.
func (s *Server) tell(ch Object, kind string, m Object, author string) {
	if g := s.guilds[str(ch["guild_id"])]; g != nil {
		m = with(m, Object{"guild_id": g.id})
		if member := g.members[author]; member != nil {
			partial := maps.Clone(member)
			delete(partial, "user")
			m["member"] = partial
		}
	}
	s.dispatchIn(str(ch["guild_id"]), str(ch["id"]), kind, m)
}

// shown is a message with addresses of its files that hold for now.
func (s *Server) shown(m Object) Object {
	all := []Object{}
	for _, a := range m["attachments"].([]Object) {
		address := fmt.Sprintf("%s/attachments/%s/%s?ex=%d", s.CDN(), m["channel_id"], a["id"], s.fileEpoch)
		all = append(all, with(a, Object{"url": address}))
	}
	return with(m, Object{"attachments": all})
}

// ExpireFiles makes the addresses of files void that were handed out before.
func (s *Server) ExpireFiles() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fileEpoch++
}

func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	path := strings.TrimPrefix(r.URL.Path, "/cdn")
	data, there := s.files[path]
	if there && r.URL.Query().Get("ex") != strconv.Itoa(s.fileEpoch) {
		there = false
	}
	if picture, is := s.pictures[path]; is {
		data, there = picture, true
	}
	s.mu.Unlock()
	if !there {
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write(data)
}

func (s *Server) message(channel, id string) Object {
	for _, m := range s.messages[channel] {
		if m["id"] == id {
			return m
		}
	}
	return nil
}

// found finds the message of a request.
func (c *call) found(bits ...uint64) (ch, m Object, no *refusal) {
	if ch, no = c.channel(bits...); no != nil {
		return nil, nil, no
	}
	if m = c.message(c.id("channel"), c.id("message")); m == nil {
		return nil, nil, unknownMessage
	}
	return ch, m, nil
}

func (c *call) get() (any, *refusal) {
	_, m, no := c.found(1 << 16)
	if no != nil {
		return nil, no
	}
	out := c.shown(m)
	reactions := []Object{}
	for _, r := range m["reactions"].([]Object) {
		reactions = append(reactions, Object{"emoji": r["emoji"], "count": len(r["users"].([]string)), "me": slices.Contains(r["users"].([]string), c.bot.ID)})
	}
	out["reactions"] = reactions
	return out, nil
}

func (c *call) edit() (any, *refusal) {
	ch, m, no := c.found()
	switch {
	case no != nil:
		return nil, no
	case m["author"].(Object)["id"] != c.bot.ID:
		return nil, notTheAuthor
	case c.body["allowed_mentions"] == nil:
		c.t.Errorf("an edit without allowed_mentions: %v", c.body)
	}
	c.change(ch, m, str(c.body["content"]))
	return c.shown(m), nil
}

// change edits a message, and tells.
func (s *Server) change(ch, m Object, content string) {
	m["content"], m["edited_timestamp"] = content, now()
	s.tell(ch, "MESSAGE_UPDATE", s.shown(m), str(m["author"].(Object)["id"]))
}

func (c *call) delete() (any, *refusal) {
	ch, m, no := c.found()
	if no != nil {
		return nil, no
	}
	if m["author"].(Object)["id"] != c.bot.ID && !c.can(c.id("channel"), c.bot.ID, 1<<13) {
		return nil, noPermission
	}
	c.remove(ch, m)
	return nil, nil
}

func (s *Server) remove(ch, m Object) {
	id := str(ch["id"])
	s.messages[id] = slices.DeleteFunc(s.messages[id], func(of Object) bool { return of["id"] == m["id"] })
	s.dispatchIn(str(ch["guild_id"]), id, "MESSAGE_DELETE", Object{"id": m["id"], "channel_id": id, "guild_id": ch["guild_id"]})
}

func (c *call) react(on bool) *refusal {
	ch, m, no := c.found(1 << 16)
	if no != nil {
		return no
	}
	name, err := url.PathUnescape(c.id("emoji"))
	if err != nil {
		return &refusal{400, 10014, "Unknown Emoji"}
	}
	c.setReaction(ch, m, c.bot.ID, name, on)
	return nil
}

// setReaction puts a reaction on a message or takes it away, and tells.
func (s *Server) setReaction(ch, m Object, user, name string, on bool) {
	all := m["reactions"].([]Object)
	e := Object{"id": nil, "name": name}
	if custom, id, is := strings.Cut(name, ":"); is {
		e = Object{"id": id, "name": custom}
	}
	i := slices.IndexFunc(all, func(r Object) bool { return r["key"] == name })
	if i < 0 {
		if !on {
			return
		}
		all, i = append(all, Object{"key": name, "emoji": e, "users": []string{}}), len(all)
	}
	users := all[i]["users"].([]string)
	if slices.Contains(users, user) == on {
		return
	}
	kind := "MESSAGE_REACTION_ADD"
	if on {
		users = append(users, user)
	} else {
		kind = "MESSAGE_REACTION_REMOVE"
		users = slices.DeleteFunc(slices.Clone(users), func(u string) bool { return u == user })
	}
	all[i]["users"] = users
	if len(users) == 0 {
		all = slices.Delete(all, i, i+1)
	}
	m["reactions"] = all
	s.dispatchIn(str(ch["guild_id"]), str(ch["id"]), kind, Object{"user_id": user, "channel_id": ch["id"], "message_id": m["id"], "guild_id": ch["guild_id"], "emoji": e})
}

func (c *call) typing() (any, *refusal) {
	ch, no := c.channel(1 << 11)
	if no != nil {
		return nil, no
	}
	c.typed(ch, c.bot.ID)
	return nil, nil
}

func (s *Server) typed(ch Object, user string) {
	s.dispatchIn(str(ch["guild_id"]), str(ch["id"]), "TYPING_START", Object{"channel_id": ch["id"], "guild_id": ch["guild_id"], "user_id": user, "timestamp": time.Now().Unix()})
}
