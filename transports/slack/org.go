package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
)

// identity is whom a token stands for.
type identity struct {
	User       string `json:"user_id"`
	Name       string `json:"user"`
	Team       string `json:"team_id"`
	TeamName   string `json:"team"`
	Bot        string `json:"bot_id"`
	Enterprise string `json:"enterprise_id"`
	// Whole: the app is installed in a whole organisation; Team is the organisation's id then, which begins with E.
	Whole bool `json:"is_enterprise_install"`
}

// workspaces are those of an organisation in which a token is good. Other tokens name none: their lists are of the one that they are of, or of that whose id they
// give where it is part of an organisation (Enterprise Grid), whose lists are of all its workspaces otherwise. https://docs.slack.dev/enterprise/developing-for-enterprise-orgs
func (s *Session) workspaces(ctx context.Context, who identity) ([]string, error) {
	switch {
	case who.Enterprise == "":
		return []string{""}, nil
	case !who.Whole:
		return []string{who.Team}, nil
	}
	var all []string
	_, err := s.client.pages(ctx, "auth.teams.list", url.Values{"limit": {"200"}}, maxPages, func(raw json.RawMessage) (bool, error) {
		var page struct {
			Teams []struct{ ID string } `json:"teams"`
		}
		err := lenient(raw, &page)
		for _, t := range page.Teams {
			if t.ID != "" {
				all = append(all, t.ID)
			}
		}
		return true, err
	})
	if err == nil && len(all) == 0 {
		err = errors.New("the organisation has let the app into none of its workspaces")
	}
	return all, err
}

// teams are the workspaces that lists are of, as team_id; empty where there is nothing to choose.
func (s *Session) teams() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.within
}

// ofTeam is arguments with the workspace that they are about.
func ofTeam(team string, arguments url.Values) url.Values {
	if team != "" {
		arguments.Set("team_id", team)
	}
	return arguments
}

// concerns tells whether an event may be of the account's. It names one workspace, and at most one of the installations that may see it: of a channel that several
// workspaces share there is one event for all of them, so those that are in it find it there.
func (s *Session) concerns(p payload) bool {
	s.mu.Lock()
	who := s.who
	s.mu.Unlock()
	if who.Team == "" { // it is not known yet: the event waits until it is
		return p.Team == "" || s.isScope(p.Team) || s.isScope(p.Context) || s.isScope(p.Enterprise) || p.Shared
	}
	if p.Team == "" || p.Team == who.Team || p.Context == who.Team || who.Whole && p.Enterprise == who.Enterprise {
		return true
	}
	for _, a := range p.Authorised {
		if a.Team == who.Team || who.Whole && a.Enterprise == who.Enterprise {
			return true
		}
	}
	return (p.Shared || who.Enterprise != "" && p.Enterprise == who.Enterprise) && s.isIn(p.Event)
}

func (s *Session) isScope(id string) bool { return slackID(string(s.scope)) == id && id != "" }

// isIn tells whether an event of another workspace is of a conversation that the account is in, or of nobody's, such as what is new of somebody; or whether by it the account comes into one.
func (s *Session) isIn(event json.RawMessage) bool {
	var e struct {
		Type      string          `json:"type"`
		Kind      string          `json:"channel_type"`
		User      json.RawMessage `json:"user"`
		Channel   json.RawMessage `json:"channel"`
		ChannelID string          `json:"channel_id"`
		OldID     string          `json:"old_channel_id"`
		Item      struct {
			Channel string `json:"channel"`
		} `json:"item"`
	}
	if lenient(event, &e) != nil {
		return false
	}
	channel := first(idOf(e.Channel), e.ChannelID, e.OldID, e.Item.Channel)
	s.mu.Lock()
	defer s.mu.Unlock()
	return channel == "" || s.rooms[channel] != nil || s.talks[channel] != "" || s.joining[channel] > 0 ||
		e.Type == "member_joined_channel" && idOf(e.User) == s.self.id || e.Kind == "im" || e.Kind == "mpim"
}
