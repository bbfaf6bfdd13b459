package discordfake

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// shown is a message with addresses of its files that hold for now.
func (s *Server) shown(m Object) Object {
	all := []Object{}
	for _, a := range m["attachments"].([]Object) {
		address := fmt.Sprintf("%s/attachments/%s/%s?ex=%d", s.CDN(), m["channel_id"], a["id"], s.fileEpoch)
		all = append(all, with(a, Object{"url": address}))
	}
	return with(m, Object{"attachments": all})
}

// ExpireFiles makes the addresses of files void that were handed out before.
func (s *Server) ExpireFiles() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fileEpoch++
}

func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	path := strings.TrimPrefix(r.URL.Path, "/cdn")
	data, there := s.files[path]
	if there && r.URL.Query().Get("ex") != strconv.Itoa(s.fileEpoch) {
		there = false
	}
	if picture, is := s.pictures[path]; is {
		data, there = picture, true
	}
	s.mu.Unlock()
	if !there {
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write(data)
}
