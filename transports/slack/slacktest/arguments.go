package slacktest

import (
	"slices"
	"strings"
)

// arguments are those that the methods document (https://docs.slack.dev/reference/methods), beside the token. Slack passes over others; here they are refused, so that a test finds them.
var arguments = map[string]string{
	"apps.connections.open": "", "auth.test": "", "auth.revoke": "test", "auth.teams.list": "cursor include_icon limit", "emoji.list": "include_categories", "team.info": "team domain",
	"oauth.v2.access": "client_id client_secret code redirect_uri grant_type refresh_token",
	"chat.postMessage": "channel text attachments blocks as_user icon_emoji icon_url link_names markdown_text metadata mrkdwn parse reply_broadcast thread_ts unfurl_links " +
		"unfurl_media username",
	"chat.meMessage": "channel text", "chat.update": "channel ts text attachments blocks as_user file_ids link_names markdown_text metadata parse reply_broadcast",
	"chat.delete": "channel ts as_user", "conversations.archive": "channel", "conversations.create": "name is_private team_id",
	"conversations.history": "channel cursor include_all_metadata inclusive latest limit oldest", "conversations.info": "channel include_locale include_num_members",
	"conversations.invite": "channel users force", "conversations.join": "channel", "conversations.kick": "channel user", "conversations.leave": "channel",
	"conversations.list": "cursor exclude_archived limit team_id types", "conversations.mark": "channel ts", "conversations.members": "channel cursor limit",
	"conversations.open": "channel prevent_creation return_im users", "conversations.rename": "channel name",
	"conversations.replies": "channel ts cursor include_all_metadata inclusive latest limit oldest", "conversations.setTopic": "channel topic",
	"dnd.info": "user team_id", "files.completeUploadExternal": "files blocks channel_id channels initial_comment thread_ts",
	"files.getUploadURLExternal": "filename length alt_txt snippet_type", "files.info": "file count cursor limit page",
	"reactions.add": "channel name timestamp", "reactions.get": "channel file file_comment full timestamp", "reactions.remove": "name channel file file_comment timestamp",
	"users.conversations": "cursor exclude_archived limit team_id types user", "users.getPresence": "user", "users.info": "user include_locale",
	"users.list": "cursor include_locale limit team_id", "users.profile.set": "name profile user value", "users.setPresence": "presence",
}

// undocumented is an argument of a call that its method does not document, or empty.
func undocumented(method string, a Object) string {
	known := append(strings.Fields(arguments[method]), "token")
	for name := range a {
		if !slices.Contains(known, name) {
			return name
		}
	}
	return ""
}
