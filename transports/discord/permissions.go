package discord

import (
	"slices"
	"strconv"

	"github.com/bwmarrin/discordgo"

	"isthmus/transports"
)

// The permissions that the driver knows (Permissions, Bitwise Permission Flags).
const (
	mayKick           = discordgo.PermissionKickMembers
	mayBan            = discordgo.PermissionBanMembers
	administrator     = discordgo.PermissionAdministrator
	manageChannels    = discordgo.PermissionManageChannels
	manageGuild       = discordgo.PermissionManageGuild
	addReactions      = discordgo.PermissionAddReactions
	viewChannel       = discordgo.PermissionViewChannel
	sendMessages      = discordgo.PermissionSendMessages
	manageMessages    = discordgo.PermissionManageMessages
	embedLinks        = discordgo.PermissionEmbedLinks
	attachFiles       = discordgo.PermissionAttachFiles
	readHistory       = discordgo.PermissionReadMessageHistory
	mentionEveryone   = discordgo.PermissionMentionEveryone
	manageWebhooks    = discordgo.PermissionManageWebhooks
	createThreads     = discordgo.PermissionCreatePublicThreads
	sendInThreads     = discordgo.PermissionSendMessagesInThreads
	manageThreads     = discordgo.PermissionManageThreads
	moderateMembers   = discordgo.PermissionModerateMembers
	everyPermission   = ^uint64(0)
	wantedPermissions = viewChannel | sendMessages | embedLinks | attachFiles | readHistory | addReactions | manageWebhooks | createThreads | sendInThreads
)

func bits(s string) uint64 {
	n, _ := strconv.ParseUint(s, 10, 64)
	return n
}

// base are a member's permissions in the whole guild (Permissions, Permission Hierarchy).
func (g *guildState) base(id string, roles []string) uint64 {
	if g.ownerID == id {
		return everyPermission
	}
	all := bits(g.roles[g.id].Permissions) // of everyone
	for _, r := range roles {
		all |= bits(g.roles[r].Permissions)
	}
	if all&administrator != 0 {
		return everyPermission
	}
	return all
}

// permissions are a member's in a channel; in a thread they are those of the channel that it is in (Permissions, Permission Overwrites and
// Implicit Permissions).
func (w *world) permissions(c *channel, id string, roles []string) uint64 {
	g := w.guilds[c.GuildID]
	if g == nil {
		return everyPermission
	}
	if c.isThread() {
		parent := w.channels[c.ParentID]
		if parent == nil || parent.isThread() {
			return 0
		}
		all := w.permissions(parent, id, roles)
		if all&sendInThreads == 0 {
			return all &^ sendMessages
		}
		return all | sendMessages
	}
	all := g.base(id, roles)
	if all == everyPermission {
		return all
	}
	var allow, deny uint64
	for _, o := range c.Overwrites {
		switch {
		case o.Type == 0 && o.ID == g.id:
			all = all&^bits(o.Deny) | bits(o.Allow)
		case o.Type == 0 && slices.Contains(roles, o.ID):
			allow |= bits(o.Allow)
			deny |= bits(o.Deny)
		}
	}
	all = all&^deny | allow
	for _, o := range c.Overwrites {
		if o.Type == 1 && o.ID == id {
			all = all&^bits(o.Deny) | bits(o.Allow)
		}
	}
	if all&viewChannel == 0 {
		return 0
	}
	return all
}

// mine are the account's own permissions in a channel.
func (w *world) mine(c *channel) uint64 {
	var roles []string
	if g := w.guilds[c.GuildID]; g != nil {
		if m := g.members[w.self.ID]; m != nil {
			roles = m.Roles
			if all := w.permissions(c, w.self.ID, roles); m.silenced() && all&administrator == 0 { // Permissions, Permissions for Timed Out Members
				return all & (viewChannel | readHistory)
			}
		}
	}
	return w.permissions(c, w.self.ID, roles)
}

// standing is what a member may do in a channel, in XEP-0045's words.
func (w *world) standing(c *channel, m *member) transports.Member {
	g, all := w.guilds[c.GuildID], w.permissions(c, m.User.ID, m.Roles)
	out := transports.Member{User: w.userIn(c.GuildID, m), Affiliation: transports.AffiliatedMember, Role: transports.Participant, Hats: g.hats(m.Roles)}
	switch {
	case g.ownerID == m.User.ID, g.group && c.OwnerID == m.User.ID:
		out.Affiliation = transports.Owner
	case all&(administrator|manageGuild|manageChannels) != 0:
		out.Affiliation = transports.Admin
	}
	switch {
	case all&sendMessages == 0, m.silenced():
		out.Role = transports.Visitor
	case all&manageMessages != 0:
		out.Role = transports.Moderator
	}
	return out
}
