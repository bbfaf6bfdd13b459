package slack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"isthmus/transports"
)

func fault(kind transports.FaultKind, format string, values ...any) *transports.Fault {
	return &transports.Fault{Kind: kind, Text: fmt.Sprintf(format, values...)}
}

func notSent() *transports.Fault {
	return fault(transports.Offline, "It was not sent: the gateway gave it up before its turn came. Send it again.")
}

func disconnected() *transports.Fault {
	return fault(transports.Offline, "There is no connection to Slack.")
}

// deadTokens are the errors after which a token is worth nothing any more.
var deadTokens = map[string]bool{"invalid_auth": true, "account_inactive": true, "token_revoked": true, "token_expired": true, "not_authed": true,
	"user_removed_from_team": true, "team_added_to_org": true}

// refusals are the errors of methods that people can meet, as faults.
var refusals = map[string]struct {
	kind transports.FaultKind
	text string
}{
	"invalid_auth":           {transports.BadCredentials, "Slack does not accept the token any more. Log in again."},
	"not_authed":             {transports.BadCredentials, "Slack does not accept the token any more. Log in again."},
	"account_inactive":       {transports.BadCredentials, "The account is deactivated, or the app was removed from the workspace. Install the app again, and log in with its new tokens."},
	"token_revoked":          {transports.BadCredentials, "The token was revoked: you, or someone who manages the workspace, took it back. Install the app again, and log in with its new tokens."},
	"token_expired":          {transports.BadCredentials, "The token has expired. Turn token rotation off for the app, install it again, and log in with its new tokens."},
	"user_removed_from_team": {transports.BadCredentials, "The account is no longer in the workspace."},
	"team_added_to_org":      {transports.BadCredentials, "The workspace is moving into an organisation. Log in again when that is done."},
	"not_allowed_token_type": {transports.BadCredentials, "Slack does not take this kind of token for it. Log in again with the tokens that the guide names."},

	"channel_not_found":                        {transports.NotFound, "There is no such channel, or your account may not see it."},
	"not_in_channel":                           {transports.Forbidden, "You are not in this channel. Join it first."},
	"is_archived":                              {transports.Forbidden, "The channel is archived: nobody can write in it until it is unarchived in Slack."},
	"already_archived":                         {transports.Forbidden, "The channel is archived already."},
	"restricted_action":                        {transports.Forbidden, "The workspace does not allow you this. Ask one of its owners."},
	"restricted_action_read_only_channel":      {transports.Forbidden, "Only some people may write in this channel."},
	"restricted_action_thread_only_channel":    {transports.Forbidden, "In this channel you may only answer in threads."},
	"restricted_action_non_threadable_channel": {transports.Forbidden, "This channel has no threads."},
	"cant_update_message":                      {transports.Forbidden, "Only your own messages can be edited."},
	"edit_window_closed":                       {transports.Forbidden, "The message is too old: the workspace does not allow editing it any more."},
	"cant_delete_message":                      {transports.Forbidden, "You may not delete this message."},
	"message_not_found":                        {transports.NotFound, "There is no such message, or it was deleted."},
	"thread_not_found":                         {transports.NotFound, "There is no such thread, or it was deleted."},
	"msg_too_long":                             {transports.TooLarge, "The message is too long for Slack. Send it in parts, or as a file."},
	"no_text":                                  {transports.Invalid, "There is nothing to send."},
	"user_not_found":                           {transports.NotFound, "There is no such person in the workspace."},
	"users_not_found":                          {transports.NotFound, "There is no such person in the workspace."},
	"user_not_visible":                         {transports.Forbidden, "Your account may not see this person."},
	"user_disabled":                            {transports.Gone, "This person's account is deactivated."},
	"cannot_dm_bot":                            {transports.Forbidden, "This bot takes no direct messages."},
	"messages_tab_disabled":                    {transports.Forbidden, "This app takes no direct messages."},
	"cant_invite_self":                         {transports.Invalid, "You cannot invite yourself."},
	"cant_kick_self":                           {transports.Invalid, "You cannot remove yourself. Leave the channel instead."},
	"cant_leave_general":                       {transports.Forbidden, "Nobody can leave this channel: everyone in the workspace is in it."},
	"cant_kick_from_general":                   {transports.Forbidden, "Nobody can be removed from this channel: everyone in the workspace is in it."},
	"cant_archive_general":                     {transports.Forbidden, "This channel cannot be archived: everyone in the workspace is in it."},
	"name_taken":                               {transports.Conflict, "A channel has this name already. Take another."},
	"invalid_name":                             {transports.Invalid, "Slack does not take this name."},
	"invalid_name_specials":                    {transports.Invalid, "A channel's name has small letters, digits, - and _ only, and at most 80 of them."},
	"too_many_emoji":                           {transports.Forbidden, "The message has as many kinds of reactions as it may have."},
	"too_many_reactions":                       {transports.Forbidden, "You have as many reactions on the message as you may have."},
	"file_not_found":                           {transports.NotFound, "The file is not there any more."},
	"file_deleted":                             {transports.NotFound, "The file was deleted."},
	"method_not_supported_for_channel_type":    {transports.Forbidden, "Slack does not allow this in such a conversation."},
	"ekm_access_denied":                        {transports.Forbidden, "The organisation has suspended access to this conversation."},
	"access_denied":                            {transports.Forbidden, "Slack does not allow your account this."},
	"no_permission":                            {transports.Forbidden, "Slack does not allow your account this."},
	"link_disabled":                            {transports.BadCredentials, "Socket Mode is turned off for the app. Turn it on at https://api.slack.com/apps (Settings, Socket Mode), and log in again."},
}

// asFault says an error in the contract's words. sent tells that the request had an effect to be uncertain about.
func asFault(err error, sent bool) error {
	var f *transports.Fault
	var e *apiError
	var dial *net.OpError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return f
	case errors.As(err, &e):
		return refusal(e, sent)
	case errors.As(err, &dial) && dial.Op == "dial":
		return &transports.Fault{Kind: transports.Offline, Text: "Slack cannot be reached. Try again later.", Cause: err}
	case sent:
		return &transports.Fault{Kind: transports.UnknownOutcome, Text: "Slack did not answer, so nobody knows whether it was done. Look at the conversation before you try again.", Cause: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &transports.Fault{Kind: transports.Offline, Text: "Slack did not answer in time. Try again later.", Cause: err}
	}
	return &transports.Fault{Kind: transports.Offline, Text: "Slack did not answer. Try again later.", Cause: err}
}

// whileConnecting says why there is no connection. What is not known to be for good is worth another try.
func whileConnecting(err error) error {
	f := transports.AsFault(asFault(err, false))
	var e *apiError
	switch {
	case !errors.As(err, &e) || e.code == "missing_scope":
		return f
	case e.code == "too_many_websockets":
		return refusedSocket(e.code)
	case f.Kind == transports.Forbidden || f.Kind == transports.NotFound || f.Kind == transports.Invalid:
		return &transports.Fault{Kind: transports.Offline, Text: f.Text, Cause: err}
	}
	return f
}

func refusal(e *apiError, sent bool) *transports.Fault {
	known, found := refusals[e.code]
	switch {
	case found:
		return &transports.Fault{Kind: known.kind, Text: known.text, Cause: e}
	case isRateLimit(e.code):
		return &transports.Fault{Kind: transports.RateLimited, Text: "Slack wants less of this at a time. Wait a moment, then try again.", Wait: e.wait, Cause: e}
	case e.code == "missing_scope":
		return &transports.Fault{Kind: transports.Forbidden, Text: fmt.Sprintf("The app lacks the permission %s. Add it at https://api.slack.com/apps (OAuth & Permissions), install the app again, and log in with its new token.", e.needed), Cause: e}
	case sent && (strings.HasPrefix(e.code, "bad_answer") || e.code == "internal_error" || e.code == "fatal_error" || e.code == "request_timeout" || e.code == "service_unavailable"):
		return &transports.Fault{Kind: transports.UnknownOutcome, Text: "Something went wrong inside Slack, so nobody knows whether it was done. Look at the conversation before you try again.", Cause: e}
	case strings.HasPrefix(e.code, "bad_answer") || e.code == "internal_error" || e.code == "fatal_error" || e.code == "service_unavailable" || e.code == "team_is_being_migrated":
		return &transports.Fault{Kind: transports.Offline, Text: "Something is wrong inside Slack at the moment. Try again later.", Cause: e}
	}
	return &transports.Fault{Kind: transports.Forbidden, Text: "Slack refuses it: " + strings.ReplaceAll(e.code, "_", " ") + ".", Cause: e}
}
