package slacktest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// method does what a method of the Web API does, for whom a token stands.
type method func(w *Workspace, t *token, a Object) Object

var methods = map[string]method{
	"auth.test": authTest, "auth.revoke": authRevoke, "auth.teams.list": authTeamsList, "team.info": teamInfo, "emoji.list": emojiList,
	"users.info": usersInfo, "users.list": usersList, "users.conversations": usersConversations, "users.getPresence": usersGetPresence, "dnd.info": dndInfo,
	"users.setPresence": usersSetPresence, "users.profile.set": usersProfileSet,
	"conversations.info": conversationsInfo, "conversations.list": conversationsList, "conversations.members": conversationsMembers,
	"conversations.history": conversationsHistory, "conversations.replies": conversationsReplies, "conversations.open": conversationsOpen,
	"conversations.join": conversationsJoin, "conversations.leave": conversationsLeave, "conversations.invite": conversationsInvite, "conversations.kick": conversationsKick,
	"conversations.create": conversationsCreate, "conversations.rename": conversationsRename, "conversations.archive": conversationsArchive,
	"conversations.setTopic": conversationsSetTopic, "conversations.mark": conversationsMark,
	"chat.postMessage": chatPostMessage, "chat.meMessage": chatMeMessage, "chat.update": chatUpdate, "chat.delete": chatDelete,
	"reactions.add": reactionsAdd, "reactions.remove": reactionsRemove, "reactions.get": reactionsGet,
	"files.info": filesInfo, "files.getUploadURLExternal": filesGetUploadURL, "files.completeUploadExternal": filesCompleteUpload,
}

func bad(code string) Object { return Object{"ok": false, "error": code} }

func (w *Workspace) serveAPI(to http.ResponseWriter, r *http.Request) {
	arguments := Object{}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		_ = json.NewDecoder(r.Body).Decode(&arguments)
	} else if err := r.ParseForm(); err == nil {
		for key := range r.Form {
			arguments[key] = r.Form.Get(key)
		}
	}
	bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if bearer == "" {
		bearer = str(arguments, "token")
	}
	name := r.PathValue("method")
	w.mu.Lock()
	w.calls[name]++
	if all := w.failures[name]; len(all) > 0 {
		w.failures[name] = all[1:]
		if all[0].act {
			w.answer(to, name, bearer, arguments)
			w.mu.Unlock()
			panic(http.ErrAbortHandler) // the connection breaks
		}
		w.mu.Unlock()
		if all[0].after != "" {
			to.Header().Set("Retry-After", all[0].after)
		}
		reply(to, all[0].status, all[0].body)
		return
	}
	answer := w.answer(to, name, bearer, arguments)
	data, err := json.Marshal(answer) // while nothing of it can change
	w.mu.Unlock()
	if err != nil {
		panic(err)
	}
	reply(to, http.StatusOK, json.RawMessage(data))
}

func (w *Workspace) answer(to http.ResponseWriter, name, bearer string, arguments Object) Object {
	if odd := undocumented(name, arguments); odd != "" {
		return Object{"ok": false, "error": "invalid_arguments", "response_metadata": Object{"messages": []any{"no such argument: " + odd}}}
	}
	if name == "apps.connections.open" {
		a := w.apps[bearer]
		switch {
		case a == nil && w.tokens[bearer] != nil:
			return bad("not_allowed_token_type")
		case a == nil:
			return bad("invalid_auth")
		case a.refuse != "":
			return bad(a.refuse)
		}
		return Object{"ok": true, "url": "ws://" + w.listener.Addr().String() + "/socket/" + bearer}
	}
	if name == "oauth.v2.access" {
		return w.access(arguments)
	}
	t := w.tokens[bearer]
	switch {
	case bearer == "":
		return bad("not_authed")
	case t == nil:
		return bad("invalid_auth")
	case t.revoked != "":
		return bad(t.revoked)
	}
	to.Header().Set("X-OAuth-Scopes", t.scopes)
	answer := t.workspaceFor(arguments).call(t, name, arguments)
	if t.in.Odd {
		answer["surprise"], answer["message"], answer["errors"] = []any{1}, "no object", "none"
	}
	return answer
}

func (w *Workspace) call(t *token, name string, arguments Object) Object {
	do := methods[name]
	if do == nil {
		return bad("unknown_method")
	}
	if lists := []string{"users.list", "users.conversations", "conversations.list", "conversations.create"}; w.Enterprise != "" && t.scopes != "" && slices.Contains(lists, name) && str(arguments, "team_id") != w.Team {
		return bad("missing_argument") // of which workspace of the organisation?
	}
	if scope := w.lacks(t, name, arguments); scope != "" {
		return Object{"ok": false, "error": "missing_scope", "needed": scope, "provided": t.scopes}
	}
	answer := do(w, t, arguments)
	if _, failed := answer["ok"]; !failed {
		answer["ok"] = true
	}
	return answer
}

func reply(to http.ResponseWriter, status int, body any) {
	to.Header().Set("Content-Type", "application/json; charset=utf-8")
	to.WriteHeader(status)
	_ = json.NewEncoder(to).Encode(body)
}

func str(a Object, key string) string {
	switch v := a[key].(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// page is the part of a list that a cursor and a limit ask for, and the cursor of the next.
func page[T any](w *Workspace, all []T, a Object) ([]T, Object) {
	from, _ := strconv.Atoi(str(a, "cursor"))
	limit, _ := strconv.Atoi(str(a, "limit"))
	if limit <= 0 {
		limit = 100
	}
	if w.PageSize > 0 {
		limit = min(limit, w.PageSize)
	}
	from = min(max(from, 0), len(all))
	to := min(from+limit, len(all))
	next := ""
	if to < len(all) {
		next = strconv.Itoa(to)
	}
	return all[from:to], Object{"next_cursor": next}
}

func authTest(w *Workspace, t *token, _ Object) Object {
	u := w.users[t.user]
	answer := Object{"url": "https://acme.slack.com/", "team": w.Name, "user": u.Name, "team_id": w.Team, "user_id": u.ID, "is_enterprise_install": false}
	if t.bot != "" {
		answer["bot_id"] = t.bot
	}
	if w.Enterprise != "" {
		answer["enterprise_id"] = w.Enterprise
	}
	if t.whole {
		answer["team"], answer["team_id"], answer["is_enterprise_install"] = "The organisation", w.Enterprise, true
	}
	return answer
}

func authRevoke(_ *Workspace, t *token, _ Object) Object {
	t.revoked = "token_revoked"
	return Object{"revoked": true}
}

func teamInfo(w *Workspace, _ *token, _ Object) Object {
	return Object{"team": Object{"id": w.Team, "name": w.Name, "domain": "acme"}}
}

func emojiList(w *Workspace, _ *token, _ Object) Object {
	all := Object{}
	for name, url := range w.emoji {
		all[name] = url
	}
	return Object{"emoji": all, "cache_ts": "1"}
}
