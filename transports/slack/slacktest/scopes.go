package slacktest

import (
	"slices"
	"strings"
)

// Scopes are what methods and events need, as documented (https://docs.slack.dev/reference/scopes). Of a scope that begins with "*" there is one for each kind of conversation.

// Needs are the scopes of the methods; those without one are not in it.
var Needs = map[string]string{
	"users.info": "users:read", "users.list": "users:read", "users.getPresence": "users:read", "users.setPresence": "users:write", "users.profile.set": "users.profile:write",
	"dnd.info": "dnd:read", "emoji.list": "emoji:read", "users.conversations": "*:read", "conversations.list": "*:read", "conversations.info": "*:read",
	"conversations.members": "*:read", "conversations.history": "*:history", "conversations.replies": "*:history", "conversations.open": "*:write",
	"conversations.join": "channels:write", "conversations.leave": "*:write", "conversations.invite": "*:write", "conversations.kick": "*:write", "conversations.create": "*:write",
	"conversations.rename": "*:write", "conversations.archive": "*:write", "conversations.setTopic": "*:write", "conversations.mark": "*:write",
	"chat.postMessage": "chat:write", "chat.meMessage": "chat:write", "chat.update": "chat:write", "chat.delete": "chat:write",
	"reactions.add": "reactions:write", "reactions.remove": "reactions:write", "reactions.get": "reactions:read",
	"files.info": "files:read", "files.getUploadURLExternal": "files:write", "files.completeUploadExternal": "files:write",
}

// EventNeeds are the scopes of the events that apps can subscribe to.
var EventNeeds = map[string]string{
	"app_uninstalled": "",
	"channel_archive": "channels:read", "channel_deleted": "channels:read", "channel_id_changed": "channels:read", "channel_left": "channels:read", "channel_rename": "channels:read",
	"channel_unarchive": "channels:read", "dnd_updated_user": "dnd:read", "emoji_changed": "emoji:read", "group_archive": "groups:read", "group_deleted": "groups:read",
	"group_left": "groups:read", "group_rename": "groups:read", "group_unarchive": "groups:read", "member_joined_channel": "channels:read", "member_left_channel": "channels:read",
	"message.channels": "channels:history", "message.groups": "groups:history", "message.im": "im:history", "message.mpim": "mpim:history", "pin_added": "pins:read",
	"reaction_added": "reactions:read", "reaction_removed": "reactions:read", "team_join": "users:read", "tokens_revoked": "", "user_change": "users:read",
}

// Uses tells which scopes a method can need.
func Uses(method string) []string {
	kind, is := strings.CutPrefix(Needs[method], "*")
	switch {
	case Needs[method] == "":
		return nil
	case !is:
		return []string{Needs[method]}
	}
	return []string{"channels" + kind, "groups" + kind, "im" + kind, "mpim" + kind}
}

// lacks is the scope that a token lacks for a call, or empty.
func (w *Workspace) lacks(t *token, method string, a Object) string {
	if t.scopes == "" { // whoever acts in a test
		return ""
	}
	scopes := []string{Needs[method]}
	if kind, is := strings.CutPrefix(Needs[method], "*"); is {
		scopes = nil
		for _, what := range w.kinds(method, a) {
			scopes = append(scopes, what+kind)
		}
	}
	if method == "chat.postMessage" && str(a, "username") != "" {
		scopes = append(scopes, "chat:write.customize")
	}
	have := strings.Split(t.scopes, ",")
	for _, scope := range scopes {
		switch {
		case scope == "" || slices.Contains(have, scope):
		case scope == "channels:write" && t.bot != "" && (slices.Contains(have, "channels:manage") || method == "conversations.join" && slices.Contains(have, "channels:join")):
		default:
			return scope
		}
	}
	return ""
}

// kinds are those of the conversations that a call is about.
func (w *Workspace) kinds(method string, a Object) []string {
	names := map[string]string{"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim", "public_channel": "channels", "private_channel": "groups"}
	switch {
	case str(a, "types") != "":
		var all []string
		for kind := range strings.SplitSeq(str(a, "types"), ",") {
			all = append(all, names[kind])
		}
		return all
	case method == "conversations.open":
		return []string{"im"}
	case method == "conversations.create" && str(a, "is_private") == "true":
		return []string{"groups"}
	}
	if c := w.channels[str(a, "channel")]; c != nil {
		return []string{names[c.kind()]}
	}
	return []string{"channels"}
}
