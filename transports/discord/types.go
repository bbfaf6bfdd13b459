package discord

import (
	"cmp"
	"encoding/json"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"
)

// What the driver reads of Discord's objects (Discord API, Resources). Ids are snowflakes. The numbers have discordgo's
// names. Its objects are used where they are read once and whole (how the gateway is reached); not where one component of a type that it does not know
// empties a whole message, where very many are kept (its channels and members have several times the fields), and where fields are missing: the nonce of a
// message to be sent, the colours of a role.

type user struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
	Avatar     string `json:"avatar"`
	Bot        bool   `json:"bot"`
}

// name is what is shown of a user where no guild says otherwise.
func (u user) name() string {
	switch {
	case u.GlobalName != "":
		return u.GlobalName
	case u.Username != "":
		return u.Username
	}
	return u.ID
}

type member struct {
	User   user     `json:"user"`
	Nick   string   `json:"nick"`
	Avatar string   `json:"avatar"`
	Roles  []string `json:"roles"`
	// Silenced is until when the member may not write (a timeout), empty for none.
	Silenced string `json:"communication_disabled_until"`
}

func (m member) name() string {
	if m.Nick != "" {
		return m.Nick
	}
	return m.User.name()
}

type role struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Permissions string `json:"permissions"`
	// Hoist: its members stand under a heading of its name. The position is higher the more the role may do.
	Hoist    bool `json:"hoist"`
	Position int  `json:"position"`
	Colour   int  `json:"color"`
	Colours  struct {
		Primary int `json:"primary_color"`
	} `json:"colors"`
}

type overwrite struct {
	ID    string `json:"id"`
	Type  int    `json:"type"` // 0 of a role, 1 of a member
	Allow string `json:"allow"`
	Deny  string `json:"deny"`
}

type emoji struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Animated bool   `json:"animated"`
}

// shown is what people read: a character, or the name of a custom one, which is lost where the emoji was deleted (Emoji Object).
func (e emoji) shown() string {
	if e.ID != "" {
		return ":" + cmp.Or(e.Name, e.ID) + ":"
	}
	return e.Name
}

// The types of channels that the driver knows (Channel Types).
const (
	guildText          = int(discordgo.ChannelTypeGuildText)
	directMessage      = int(discordgo.ChannelTypeDM)
	guildVoice         = int(discordgo.ChannelTypeGuildVoice)
	groupDirectMessage = int(discordgo.ChannelTypeGroupDM)
	guildCategory      = int(discordgo.ChannelTypeGuildCategory)
	guildAnnouncement  = int(discordgo.ChannelTypeGuildNews)
	announcementThread = int(discordgo.ChannelTypeGuildNewsThread)
	publicThread       = int(discordgo.ChannelTypeGuildPublicThread)
	privateThread      = int(discordgo.ChannelTypeGuildPrivateThread)
	guildStage         = int(discordgo.ChannelTypeGuildStageVoice)
	guildForum         = int(discordgo.ChannelTypeGuildForum)
	guildMedia         = int(discordgo.ChannelTypeGuildMedia)
)

type channel struct {
	ID         string      `json:"id"`
	GuildID    string      `json:"guild_id"`
	Type       int         `json:"type"`
	Name       string      `json:"name"`
	Topic      string      `json:"topic"`
	ParentID   string      `json:"parent_id"`
	Position   int         `json:"position"`
	Overwrites []overwrite `json:"permission_overwrites"`
	Recipients []user      `json:"recipients"`
	// RecipientIDs and OwnerID are of talks and groups, as people's own accounts are told them.
	RecipientIDs []string        `json:"recipient_ids"`
	OwnerID      string          `json:"owner_id"`
	Icon         string          `json:"icon"`
	LastID       string          `json:"last_message_id"`
	Thread       *threadMetadata `json:"thread_metadata"`
}

type threadMetadata struct {
	Archived bool `json:"archived"`
	Locked   bool `json:"locked"`
	// ArchivedAt is when it was archived, or opened again, last.
	ArchivedAt string `json:"archive_timestamp"`
}

func (c *channel) isThread() bool {
	return c.Type == announcementThread || c.Type == publicThread || c.Type == privateThread
}

// talks tells that messages are said in the channel itself.
func (c *channel) talks() bool {
	switch c.Type {
	case groupDirectMessage, guildText, guildVoice, guildAnnouncement, guildStage:
		return true
	}
	return c.isThread()
}

type guild struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	OwnerID     string     `json:"owner_id"`
	Unavailable bool       `json:"unavailable"`
	MemberCount int        `json:"member_count"`
	Approximate int        `json:"approximate_member_count"` // where the REST interface tells of the guild
	Roles       []role     `json:"roles"`
	Emojis      []emoji    `json:"emojis"`
	Channels    []channel  `json:"channels"`
	Threads     []channel  `json:"threads"`
	Members     []member   `json:"members"`
	Presences   []presence `json:"presences"`
	// Properties are what newer gateways tell people's own accounts of a guild itself.
	Properties json.RawMessage `json:"properties"`
}

type attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	ContentType string `json:"content_type"`
	Size        int64  `json:"size"`
	URL         string `json:"url"`
	Width       int    `json:"width"`
	Height      int    `json:"height"`
	Description string `json:"description"`
}

type messageReference struct {
	Type      int    `json:"type"` // 0 an answer, 1 a forward
	MessageID string `json:"message_id"`
	ChannelID string `json:"channel_id"`
}

type sticker struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Format int    `json:"format_type"`
}

// content is what messages and forwarded ones have in common.
type content struct {
	Type        int             `json:"type"`
	Content     string          `json:"content"`
	Timestamp   string          `json:"timestamp"`
	Edited      string          `json:"edited_timestamp"`
	Mentions    []user          `json:"mentions"`
	Everyone    bool            `json:"mention_everyone"`
	Attachments []attachment    `json:"attachments"`
	Embeds      []embed         `json:"embeds"`
	Stickers    []sticker       `json:"sticker_items"`
	Components  json.RawMessage `json:"components"`
}

type message struct {
	content
	ID        string            `json:"id"`
	ChannelID string            `json:"channel_id"`
	GuildID   string            `json:"guild_id"`
	Author    user              `json:"author"`
	Member    *member           `json:"member"`
	Nonce     string            `json:"nonce"`
	WebhookID string            `json:"webhook_id"`
	AppID     string            `json:"application_id"`
	Reference *messageReference `json:"message_reference"`
	Referred  json.RawMessage   `json:"referenced_message"` // another message, which is read when it is needed: they can be nested
	Snapshots []struct {
		Message content `json:"message"`
	} `json:"message_snapshots"`
	Reactions []struct {
		Emoji emoji `json:"emoji"`
		Count int   `json:"count"`
		Me    bool  `json:"me"`
	} `json:"reactions"`
	Poll *poll `json:"poll"`
}

type embed struct {
	Type        string `json:"type"`
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"url"`
	Author      struct {
		Name string `json:"name"`
	} `json:"author"`
	Fields []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"fields"`
	Image struct {
		URL string `json:"url"`
	} `json:"image"`
	Footer struct {
		Text string `json:"text"`
	} `json:"footer"`
}

type poll struct {
	Question struct {
		Text string `json:"text"`
	} `json:"question"`
	Answers []struct {
		Media struct {
			Text string `json:"text"`
		} `json:"poll_media"`
	} `json:"answers"`
}

// epoch is the first millisecond of snowflakes (API Reference, Snowflakes).
const epoch = 1420070400000

// isSnowflake tells whether s may be an id: a decimal number of 64 bits.
func isSnowflake(s string) bool {
	n, err := strconv.ParseUint(s, 10, 64)
	return err == nil && n > 0 && s[0] != '0' && s[0] != '+'
}

// saidAt is when the object with an id was made.
func saidAt(id string) time.Time {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + epoch)
}

// older tells whether one snowflake is before another.
func older(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}
