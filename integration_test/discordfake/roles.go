package discordfake

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

func bits(v any) uint64 {
	n, _ := strconv.ParseUint(str(v), 10, 64)
	return n
}

// rolesOf are the ids of a member's roles, without that of everyone.
func (g *guild) rolesOf(user string) []string {
	roles, _ := g.members[user]["roles"].([]string)
	return roles
}

// base are the permissions of a member in the whole guild.
func (g *guild) base(user string) uint64 {
	all := bits(g.roles[0]["permissions"])
	for _, r := range g.roles[1:] {
		if slices.Contains(g.rolesOf(user), str(r["id"])) {
			all |= bits(r["permissions"])
		}
	}
	return all
}

// Allow gives everyone in a guild these permissions, and tells.
func (s *Server) Allow(guild string, permissions uint64) {
	s.ChangeRole(guild, guild, Object{"permissions": strconv.FormatUint(permissions, 10)})
}

// AddRole makes a role of a guild above all others, with more fields, tells, and gives its id.
func (s *Server) AddRole(guild, name string, more Object) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guild]
	r := Object{"id": s.id(), "name": name, "permissions": "0", "position": len(g.roles), "color": 0, "hoist": false, "managed": false, "mentionable": false}
	maps.Copy(r, more)
	g.roles = append(g.roles, r)
	s.dispatchIn(guild, "", "GUILD_ROLE_CREATE", Object{"guild_id": guild, "role": r})
	return str(r["id"])
}

// ChangeRole changes fields of a role, and tells.
func (s *Server) ChangeRole(guild, id string, fields Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, r := range s.guilds[guild].roles {
		if r["id"] == id {
			r = with(r, fields)
			s.guilds[guild].roles[i] = r
			s.dispatchIn(guild, "", "GUILD_ROLE_UPDATE", Object{"guild_id": guild, "role": r})
		}
	}
}

// Silence keeps a member from speaking for so many seconds, after which they may again without a word.
func (s *Server) Silence(guild, user string, seconds int) {
	s.ChangeMember(guild, user, Object{"communication_disabled_until": time.Now().Add(time.Duration(seconds) * time.Second).UTC().Format(time.RFC3339Nano)})
}

// DeleteRole takes a role away, and tells; that its members have it no longer is told by nothing else.
func (s *Server) DeleteRole(guild, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guild]
	g.roles = slices.DeleteFunc(g.roles, func(r Object) bool { return r["id"] == id })
	for _, m := range g.members {
		roles, _ := m["roles"].([]string)
		m["roles"] = slices.DeleteFunc(slices.Clone(roles), func(r string) bool { return r == id })
	}
	s.dispatchIn(guild, "", "GUILD_ROLE_DELETE", Object{"guild_id": guild, "role_id": id})
}
