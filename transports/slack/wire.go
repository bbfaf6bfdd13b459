package slack

import (
	"encoding/json"
	"strconv"
	"strings"

	"isthmus/transports"
)

// The objects of Slack, as far as they are used. They are decoded by lenient: what has another type than expected is as if it were missing.

type userObject struct {
	ID       string `json:"id"`
	TeamID   string `json:"team_id"`
	Name     string `json:"name"`
	RealName string `json:"real_name"`
	Deleted  bool   `json:"deleted"`
	Zone     string `json:"tz"`
	Profile  struct {
		DisplayName string `json:"display_name"`
		RealName    string `json:"real_name"`
		Title       string `json:"title"`
		Email       string `json:"email"`
		Phone       string `json:"phone"`
		StatusText  string `json:"status_text"`
		StatusEmoji string `json:"status_emoji"`
		AvatarHash  string `json:"avatar_hash"`
		Image512    string `json:"image_512"`
		Image192    string `json:"image_192"`
		Image72     string `json:"image_72"`
	} `json:"profile"`
	Admin           bool `json:"is_admin"`
	Owner           bool `json:"is_owner"`
	PrimaryOwner    bool `json:"is_primary_owner"`
	Restricted      bool `json:"is_restricted"`
	UltraRestricted bool `json:"is_ultra_restricted"`
	// Stranger: they are of another organisation, and in channels that both share.
	Stranger bool `json:"is_stranger"`
	Bot      bool `json:"is_bot"`
}

type topicObject struct {
	Value   string `json:"value"`
	Creator string `json:"creator"`
	LastSet int64  `json:"last_set"`
}

type channelObject struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	User     string `json:"user"`
	Creator  string `json:"creator"`
	IM       bool   `json:"is_im"`
	MPIM     bool   `json:"is_mpim"`
	Private  bool   `json:"is_private"`
	Member   bool   `json:"is_member"`
	Archived bool   `json:"is_archived"`
	// ReadOnly: only some may write there. ThreadOnly: others only in threads. NonThreadable: there are no threads.
	ReadOnly      bool        `json:"is_read_only"`
	ThreadOnly    bool        `json:"is_thread_only"`
	NonThreadable bool        `json:"is_non_threadable"`
	LastRead      string      `json:"last_read"`
	Created       int64       `json:"created"` // in seconds since 1970
	Topic         topicObject `json:"topic"`
	Purpose       topicObject `json:"purpose"`
	Members       int         `json:"num_members"`
}

type messageObject struct {
	Type        string          `json:"type"`
	Subtype     string          `json:"subtype"`
	Hidden      bool            `json:"hidden"`
	Channel     string          `json:"channel"`
	User        string          `json:"user"`
	BotID       string          `json:"bot_id"`
	Username    string          `json:"username"`
	Text        string          `json:"text"`
	TS          string          `json:"ts"`
	ThreadTS    string          `json:"thread_ts"`
	DeletedTS   string          `json:"deleted_ts"`
	LatestReply string          `json:"latest_reply"`
	Topic       string          `json:"topic"`
	Blocks      json.RawMessage `json:"blocks"`
	Attachments json.RawMessage `json:"attachments"`
	Files       []fileObject    `json:"files"`
	Reactions   []struct {
		Name  string   `json:"name"`
		Users []string `json:"users"`
		Count int      `json:"count"`
	} `json:"reactions"`
	Edited *struct {
		User string `json:"user"`
		TS   string `json:"ts"`
	} `json:"edited"`
	BotProfile struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"bot_profile"`
	// UserProfile is what comes with the words of people of other workspaces.
	UserProfile struct {
		DisplayName string `json:"display_name"`
		RealName    string `json:"real_name"`
		Name        string `json:"name"`
	} `json:"user_profile"`
	Metadata struct {
		Type    string `json:"event_type"`
		Payload struct {
			Nonce string `json:"nonce"`
		} `json:"event_payload"`
	} `json:"metadata"`
	Message  *messageObject `json:"message"`
	Previous *messageObject `json:"previous_message"`
}

// sentHere is the type of the metadata that messages get which the gateway sends: by the nonce in them it finds them again after a crash.
// https://docs.slack.dev/messaging/message-metadata
const sentHere = "isthmus_sent"

// nonce is that of the Send that a message comes from, 0 where it does not tell.
func (m *messageObject) nonce() int64 {
	if m.Metadata.Type != sentHere {
		return 0
	}
	nonce, _ := strconv.ParseInt(m.Metadata.Payload.Nonce, 10, 64) // what is no number is none of ours
	return nonce
}

type fileObject struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Title       string `json:"title"`
	Type        string `json:"mimetype"`
	Mode        string `json:"mode"`
	Access      string `json:"file_access"`
	Size        int64  `json:"size"`
	Width       int    `json:"original_w"`
	Height      int    `json:"original_h"`
	AltText     string `json:"alt_txt"`
	External    bool   `json:"is_external"`
	ExternalURL string `json:"external_url"`
	Private     string `json:"url_private"`
	Download    string `json:"url_private_download"`
	Permalink   string `json:"permalink"`
}

// eventObject is an event that is no message. Where the fields of two kinds have one name and other types, they are decoded by the kind.
type eventObject struct {
	Type     string          `json:"type"`
	User     json.RawMessage `json:"user"`
	Channel  json.RawMessage `json:"channel"`
	Inviter  string          `json:"inviter"`
	Reaction string          `json:"reaction"`
	Item     struct {
		Type    string `json:"type"`
		Channel string `json:"channel"`
		TS      string `json:"ts"`
	} `json:"item"`
	OldID  string `json:"old_channel_id"`
	NewID  string `json:"new_channel_id"`
	TS     string `json:"event_ts"`
	Tokens struct {
		OAuth []string `json:"oauth"`
		Bot   []string `json:"bot"`
	} `json:"tokens"`
}

// idOf is a value that is an id, or an object with one.
func idOf(raw json.RawMessage) string {
	var id string
	if json.Unmarshal(raw, &id) == nil {
		return id
	}
	var object struct {
		ID string `json:"id"`
	}
	_ = lenient(raw, &object)
	return object.ID
}

// Addresses are in small letters, Slack's ids in capitals.

func roomID(channel string) transports.RoomID {
	return transports.RoomID("#" + strings.ToLower(channel))
}

func channelOf(room transports.RoomID) string {
	return strings.ToUpper(strings.TrimPrefix(string(room), "#"))
}

func userID(user string) transports.UserID { return transports.UserID(strings.ToLower(user)) }

func slackUser(id transports.UserID) string { return slackID(string(id)) }

func slackID(id string) string { return strings.ToUpper(id) }

// isTS tells whether s may be a timestamp: anything else would be no place in a history to go on from.
func isTS(s string) bool {
	whole, part, is := strings.Cut(s, ".")
	return is && whole != "" && part != "" && strings.Trim(whole+part, "0123456789") == ""
}

// compareTS orders timestamps: they are numbers with six digits after the dot, and no floats.
func compareTS(a, b string) int {
	as, af, _ := strings.Cut(a, ".")
	bs, bf, _ := strings.Cut(b, ".")
	if len(as) != len(bs) {
		return len(as) - len(bs)
	}
	if c := strings.Compare(as, bs); c != 0 {
		return c
	}
	return strings.Compare(af, bf)
}
