package slack

import "time"

// watchToken asks from time to time whether the token is still good: Slack documents no event by which an app hears that the token of a user was taken back, and an account that says nothing
// would never find out. What an error means for the connection the client knows.
func (s *Session) watchToken(c *connection) {
	tick := time.NewTicker(s.driver.config.TokenEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-c.ctx.Done():
			return
		}
		if _, _, err := s.client.test(patient(c.ctx, maxBlock)); err != nil {
			s.log.Debug("Slack does not say whether the token is good.", "error", err)
		}
	}
}
