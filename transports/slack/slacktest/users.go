package slacktest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

func (w *Workspace) userObject(u *User) Object {
	avatar := w.address() + "/" + w.Team + "/pictures/" + u.ID + "/" + u.AvatarHash
	profile := Object{"real_name": u.RealName, "display_name": u.DisplayName, "status_text": u.StatusText, "status_emoji": u.StatusEmoji, "title": u.Title,
		"email": u.Email, "avatar_hash": u.AvatarHash, "image_72": avatar, "image_192": avatar, "image_512": avatar, "team": w.Team}
	o := Object{"id": u.ID, "team_id": w.Team, "name": u.Name, "deleted": u.Deleted, "real_name": u.RealName, "tz": "Europe/Amsterdam", "tz_label": "CET", "tz_offset": 3600,
		"profile": profile, "is_admin": u.Admin || u.Owner, "is_owner": u.Owner, "is_primary_owner": false, "is_restricted": u.Guest, "is_ultra_restricted": false,
		"is_bot": u.Bot, "is_app_user": false, "updated": 1700000000}
	if w.Odd {
		o["tz_offset"], o["updated"], o["is_restricted"], profile["fields"], o["enterprise_user"] = "3600", "never", nil, []any{}, []any{}
	}
	return o
}

func (w *Workspace) sortedUsers() []*User {
	var all []*User
	for _, u := range w.users {
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b *User) int { return strings.Compare(a.ID, b.ID) })
	return all
}

func usersInfo(w *Workspace, _ *token, a Object) Object {
	u := w.users[str(a, "user")]
	if u == nil {
		if u = w.stranger(str(a, "user")); u == nil {
			return bad("user_not_found")
		}
		o := u.in.userObject(u)
		o["is_stranger"] = u.in.Enterprise == "" || u.in.Enterprise != w.Enterprise
		return Object{"user": o}
	}
	return Object{"user": w.userObject(u)}
}

func usersList(w *Workspace, _ *token, a Object) Object {
	part, next := page(w, w.sortedUsers(), a)
	members := []any{}
	for _, u := range part {
		members = append(members, w.userObject(u))
	}
	return Object{"members": members, "response_metadata": next, "cache_ts": 1}
}

func usersGetPresence(w *Workspace, _ *token, a Object) Object {
	u := w.users[str(a, "user")]
	w.note(Object{"type": "presence_asked", "user": str(a, "user")})
	switch {
	case u == nil:
		return bad("user_not_found")
	case u.Away:
		return Object{"presence": "away"}
	}
	return Object{"presence": "active"}
}

func usersSetPresence(w *Workspace, t *token, a Object) Object {
	presence := str(a, "presence")
	if presence != "auto" && presence != "away" {
		return bad("invalid_presence")
	}
	w.users[t.user].Away = presence == "away"
	w.note(Object{"type": "presence_set", "user": t.user, "presence": presence})
	return Object{}
}

func usersProfileSet(w *Workspace, t *token, a Object) Object {
	var profile struct {
		Text  string `json:"status_text"`
		Emoji string `json:"status_emoji"`
	}
	if json.Unmarshal([]byte(str(a, "profile")), &profile) != nil {
		return bad("invalid_profile")
	}
	if len([]rune(profile.Text)) > 100 {
		return bad("too_long")
	}
	u := w.users[t.user]
	u.StatusText, u.StatusEmoji = profile.Text, profile.Emoji
	w.note(Object{"type": "status_set", "user": t.user, "text": profile.Text, "emoji": profile.Emoji})
	w.tell("", Object{"type": "user_change", "user": w.userObject(u), "cache_ts": time.Now().Unix(), "event_ts": w.now()})
	return Object{}
}

func dndInfo(w *Workspace, _ *token, a Object) Object {
	u := w.users[str(a, "user")]
	if u == nil {
		return bad("user_not_found")
	}
	return Object{"dnd_enabled": u.Snoozing, "snooze_enabled": u.Snoozing, "next_dnd_start_ts": 1, "next_dnd_end_ts": 4_000_000_000}
}

func (w *Workspace) servePicture(to http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	u := w.users[r.PathValue("user")]
	var data []byte
	if u != nil && u.AvatarHash == r.PathValue("hash") {
		data = bytes.Clone(u.picture)
	}
	w.mu.Unlock()
	if data == nil {
		http.NotFound(to, r)
		return
	}
	to.Header().Set("Content-Type", "image/png")
	_, _ = to.Write(data)
}
