package discord

import (
	"cmp"
	"slices"
	"strings"

	"isthmus/transports"
)

// maxHatLists is how many lists of hats are kept of a guild: members with the same roles share one.
const maxHatLists = 2_000

// hats are the roles of a member: those that Discord's own clients show, by a heading in the list of members or by a colour, come first, each sort from
// the highest down (Role Object).
func (g *guildState) hats(roles []string) []transports.Hat {
	if len(roles) == 0 {
		return nil
	}
	key := strings.Join(roles, " ")
	hats, known := g.hatLists[key]
	if known {
		return hats
	}
	var worn []role
	for _, id := range roles {
		if r, there := g.roles[id]; there && id != g.id && r.Name != "" {
			worn = append(worn, r)
		}
	}
	slices.SortFunc(worn, func(a, b role) int {
		if a.shown() != b.shown() {
			if a.shown() {
				return -1
			}
			return 1
		}
		return cmp.Or(-cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	for _, r := range worn {
		hats = append(hats, transports.Hat{ID: r.ID, Title: r.Name, Colour: r.colour()})
	}
	if g.hatLists == nil || len(g.hatLists) >= maxHatLists {
		g.hatLists = map[string][]transports.Hat{}
	}
	g.hatLists[key] = hats
	return hats
}

// setRole takes a role as it is now, and dropRole one away.
func (g *guildState) setRole(r role) {
	g.roles[r.ID], g.hatLists = r, nil
}

func (g *guildState) dropRole(id string) {
	delete(g.roles, id)
	g.hatLists = nil
}

// shown tells that members with a role look different for it.
func (r role) shown() bool { return r.Hoist || r.colour() != 0 }

// colour is the first of a role's colours; black is none.
func (r role) colour() uint32 {
	colour := cmp.Or(r.Colours.Primary, r.Colour)
	if colour < 0 || colour > 0xffffff {
		return 0
	}
	return uint32(colour)
}
