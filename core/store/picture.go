package store

import (
	"context"
	"database/sql"
)

// Picture is the picture of a user or a room, made small.
type Picture struct {
	// Place is the user's or room's id on the network, Version the network's name for the picture.
	Transport, Scope, Place, Version string
	Hash, Type                       string
	Width, Height                    int
	Data                             []byte
}

// PutPicture stores a picture, in place of the one that was there before. Of the pictures of a transport only the last ten thousand are kept.
type PutPicture struct{ Picture }

// maxPictures is how many pictures of a transport are kept; tests keep fewer.
var maxPictures = int64(10_000)

type pictureKey struct{ transport, scope, place string }

var (
	putPicture = insert("pictures", "transport, scope, place, version, seq, hash, type, width, height, data",
		`(transport, scope, place) DO UPDATE SET version = excluded.version, seq = excluded.seq, hash = excluded.hash,
		type = excluded.type, width = excluded.width, height = excluded.height, data = excluded.data`)
	dropPictures = oneRow("DELETE FROM pictures WHERE transport = ? AND seq < (SELECT seq FROM pictures WHERE transport = ? ORDER BY seq DESC LIMIT 1 OFFSET ?)")
)

func (c PutPicture) plan(p *plan) {
	p.add(putPicture, pictureKey{c.Transport, c.Scope, c.Place}, c.Transport, c.Scope, c.Place, c.Version, NextID(), c.Hash, c.Type, int64(c.Width), int64(c.Height), blob(c.Data))
	p.add(dropPictures, nil, c.Transport, c.Transport, maxPictures-1)
}

func (c PutPicture) size() int { return overhead + len(c.Place) + len(c.Version) + len(c.Data) }

// Picture reads a picture; it fails with ErrNotFound when it is not there, or in another version.
func (s *Store) Picture(ctx context.Context, transport, scope, place, version string) (Picture, error) {
	return s.picture(ctx, "place = $3 AND version = $4", transport, scope, place, version)
}

// PictureByHash reads a picture of a scope by the hash of its bytes; it fails with ErrNotFound when there is none.
func (s *Store) PictureByHash(ctx context.Context, transport, scope, hash string) (Picture, error) {
	return s.picture(ctx, "hash = $3", transport, scope, hash)
}

func (s *Store) picture(ctx context.Context, which string, parameters ...any) (Picture, error) {
	found, err := rows(ctx, s.reads, `SELECT transport, scope, place, version, hash, type, width, height, data FROM pictures
		WHERE transport = $1 AND scope = $2 AND `+which+` LIMIT 1`, parameters,
		func(r *sql.Rows) (p Picture, err error) {
			return p, r.Scan(&p.Transport, &p.Scope, &p.Place, &p.Version, &p.Hash, &p.Type, &p.Width, &p.Height, &p.Data)
		})
	if err != nil {
		return Picture{}, err
	}
	if len(found) == 0 {
		return Picture{}, ErrNotFound
	}
	return found[0], nil
}
