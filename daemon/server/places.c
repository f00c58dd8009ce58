/* SPDX-License-Identifier: MIT */
/*
 * Bytes are not counted as they come and go, but added up when somebody wants to
 * keep many more: nothing can be counted wrongly.
 */
#include "places.h"

#include "protocol/limits.h"

void
places_init(struct places *p, void (*evict)(struct place *),
    size_t (*kept)(const struct place *))
{
	*p = (struct places){ .evict = evict, .kept = kept };
	LIST_INIT(&p->taken);
}

/* The stranger who has been here longest makes room for the next. */
static void
places_evict(struct places *p)
{
	struct place	*place, *first = NULL;

	LIST_FOREACH(place, &p->taken, entry)
		if (place->stranger && !place->evicted)
			first = place;
	first->evicted = true;
	p->strangers--;
	p->evict(first);
}

static size_t
places_of(const struct places *p, uid_t uid)
{
	const struct place	*place;
	size_t			 n = 0;

	LIST_FOREACH(place, &p->taken, entry)
		n += place->uid == uid && !place->stranger;
	return n;
}

static void
places_tell(const struct places *p)
{
	if (p->changed != NULL)
		p->changed(p->changed_arg);
}

const char *
places_take(struct places *p, struct place *place, uid_t uid, bool stranger)
{
	size_t	limit = LIMIT_CLIENTS + (uid == 0 ? LIMIT_CLIENTS_ROOT : 0);

	if (!stranger && p->count >= limit)
		return "of clients";
	if (!stranger && places_of(p, uid) >= LIMIT_CLIENTS_PER_USER)
		return "of one user's clients";
	if (stranger && p->strangers == LIMIT_STRANGERS)
		places_evict(p);
	*place = (struct place){ .uid = uid, .stranger = stranger };
	LIST_INSERT_HEAD(&p->taken, place, entry);
	if (stranger)
		p->strangers++;
	else
		p->count++;
	places_tell(p);
	return NULL;
}

void
places_give_back(struct places *p, struct place *place)
{
	LIST_REMOVE(place, entry);
	if (!place->stranger)
		p->count--;
	else if (!place->evicted)
		p->strangers--;
	places_tell(p);
}

size_t
places_count(const struct places *p)
{
	return p->count + p->strangers;
}

bool
places_are_laden(const struct places *p, uid_t uid)
{
	const struct place	*place;
	size_t			 his = 0, all = 0, kept;

	LIST_FOREACH(place, &p->taken, entry) {
		kept = p->kept(place);
		all += kept;
		his += place->uid == uid ? kept : 0;
	}
	return his > LIMIT_KEPT_PER_USER || all > LIMIT_KEPT;
}
