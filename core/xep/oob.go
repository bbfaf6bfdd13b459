package xep

import "isthmus/core/stanza"

const nsOOB = "jabber:x:oob"

// OutOfBand gives the address of a file (XEP-0066 §3). Clients take a message for a file whose body is the same address.
func OutOfBand(url string) *stanza.Element {
	return stanza.New(nsOOB, "x").Add(stanza.Text("", "url", url))
}

// parseOutOfBand reads the addresses that a message gives out of band, one element for each.
func parseOutOfBand(s *stanza.Stanza) (files []File, elements []*stanza.Element) {
	for _, x := range s.Payload {
		if !x.Is(nsOOB, "x") {
			continue
		}
		if url := trim(x.Child(nsOOB, "url").Text()); url != "" {
			files = append(files, File{URL: url, Description: trim(x.Child(nsOOB, "desc").Text())})
			elements = append(elements, x)
		}
	}
	return files, elements
}
