package discord

import (
	"strings"

	"github.com/bwmarrin/discordgo"
)

// The paths of requests are discordgo's, with {} for what is filled in later: so one path is one route for the rate limits, each part is escaped, and the base
// address is a session's own, where discordgo's is the whole process's.
var (
	pathApplication    = pattern(discordgo.EndpointApplication("@me"))
	pathGatewayBot     = pattern(discordgo.EndpointGatewayBot)
	pathGateway        = pattern(discordgo.EndpointGateway)
	pathSelf           = pattern(discordgo.EndpointUser("@me"))
	pathOwnGuilds      = pattern(discordgo.EndpointUserGuilds("@me"))
	pathOwnChannels    = pattern(discordgo.EndpointUserChannels("@me"))
	pathUser           = pattern(discordgo.EndpointUser("{}"))
	pathGuild          = pattern(discordgo.EndpointGuild("{}"))
	pathGuildChannels  = pattern(discordgo.EndpointGuildChannels("{}"))
	pathActiveThreads  = pattern(discordgo.EndpointGuildActiveThreads("{}"))
	pathMembersSearch  = pattern(discordgo.EndpointGuildMembersSearch("{}"))
	pathMember         = pattern(discordgo.EndpointGuildMember("{}", "{}"))
	pathBans           = pattern(discordgo.EndpointGuildBans("{}"))
	pathBan            = pattern(discordgo.EndpointGuildBan("{}", "{}"))
	pathChannel        = pattern(discordgo.EndpointChannel("{}"))
	pathThreads        = pattern(discordgo.EndpointChannelThreads("{}"))
	pathPublicArchive  = pattern(discordgo.EndpointChannelPublicArchivedThreads("{}"))
	pathPrivateArchive = pattern(discordgo.EndpointChannelPrivateArchivedThreads("{}"))
	pathJoinedArchive  = pattern(discordgo.EndpointChannelJoinedPrivateArchivedThreads("{}"))
	pathTyping         = pattern(discordgo.EndpointChannelTyping("{}"))
	pathMessages       = pattern(discordgo.EndpointChannelMessages("{}"))
	pathMessage        = pattern(discordgo.EndpointChannelMessage("{}", "{}"))
	pathMessageThread  = pattern(discordgo.EndpointChannelMessageThread("{}", "{}"))
	pathReactions      = pattern(discordgo.EndpointMessageReactions("{}", "{}", "{}"))
	pathOwnReaction    = pattern(discordgo.EndpointMessageReaction("{}", "{}", "{}", "@me"))
	pathWebhooks       = pattern(discordgo.EndpointChannelWebhooks("{}"))
	pathWebhook        = pattern(discordgo.EndpointWebhookToken("{}", "{}"))
	pathWebhookMessage = pattern(discordgo.EndpointWebhookMessage("{}", "{}", "{}"))
)

func pattern(address string) string {
	return "/" + strings.TrimPrefix(address, discordgo.EndpointAPI)
}
