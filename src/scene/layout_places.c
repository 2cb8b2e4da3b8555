#include "scene/layout_work.h"

#include "scene/counts.h"

/* In the upper tier stand the headings of every other depth. */
static bool is_upper(const Work *work, int c)
{
    return work->manner->tiers > 1 && work->columns->column[c].depth % 2 == 0;
}

/* At the right of a result, else at the left, close to the block. */
static void place_beside(const Work *work, int c)
{
    Place *place = &work->layout->place[c];
    const float pad = rooms_pad(work, &place->block), height = work->layout->type.title * 1.3F;
    const float taken = place->block.area.w + 2 * pad + BESIDE_APART;
    const float width = fminf(place->right - place->left - taken, work->layout->heading[c].width) + 1;
    const bool right = work->columns->column[c].result && !work->columns->column[c].input;
    place->block.area.x = right ? place->left + pad : place->right - pad - place->block.area.w;
    place->heading = (Rect){right ? place->left + taken : place->right - taken - width, place->room.y + (place->room.h - height) / 2,
                            rooms_lane_is_titled(work) ? width : 0, height};
}

static Rect heading_rect(const Work *work, int c, float x, float w)
{
    const Columns *columns = work->columns;
    const Place *place = &work->layout->place[c];
    const float reach = fmaxf(w + work->gap - HEADINGS_APART, w), all = heading_height(work->layout->type);
    const float own = heading_own_height(&work->layout->heading[c], work->layout->type);
    if (!stacks_at(columns, columns->column[c].depth)) {
        const float lower = work->manner->tiers > 1 && !is_upper(work, c) ? all + TIER_GAP : 0;
        return (Rect){x + w / 2 - reach / 2, work->layout->area.y + 10 + lower + all - own, reach, own};
    }
    const float height = rooms_lane_heading(work, c);
    return (Rect){x, place->room.y - height - rooms_sheets(&columns->column[c]) - 4, rooms_lane_is_titled(work) ? w : 0, height};
}

static void place_set(const Work *work, int c, float x, float w)
{
    Place *place = &work->layout->place[c];
    place->left = x;
    place->right = x + w;
    place->centre = x + w / 2;
    place->room.x = place->centre - place->room.w / 2;
    place->block.area.x = place->centre - place->block.area.w / 2;
    place->heading = heading_rect(work, c, x, w);
    if (place->beside) place_beside(work, c);
    const float pad = rooms_pad(work, &place->block);
    const Rect a = place->block.area;
    place->panel = (Rect){a.x - pad, a.y - pad, a.w + 2 * pad, a.h + 2 * pad};
    if (work->columns->column[c].fault) place->panel = (Rect){x, place->room.y, w, place->room.h};
    place->reach = place->counts_room = place->heading.w;
    place->upper = is_upper(work, c) && !stacks_at(work->columns, work->columns->column[c].depth);
}

static void heading_widen(Place *place, float width)
{
    place->heading = (Rect){place->centre - width / 2, place->heading.y, width, place->heading.h};
}

static bool same_tier(const Work *work, int a, int b)
{
    return work->manner->tiers == 1 || is_upper(work, a) == is_upper(work, b);
}

/* Above tiers and overviews a heading has its own width, where none before it in its tier is in the way. */
static void headings_spread(const Work *work)
{
    const Columns *columns = work->columns;
    const Rect page = work->layout->page;
    for (int c = 0; c < columns->n; c++) {
        Place *place = &work->layout->place[c];
        float free = page.x;
        if (stacks_at(columns, columns->column[c].depth)) continue;
        for (int b = 0; b < columns->n; b++) {
            const Place *other = &work->layout->place[b];
            const bool before = columns->column[b].depth < columns->column[c].depth && !stacks_at(columns, columns->column[b].depth);
            if (before && same_tier(work, b, c) && other->heading.w > 0) free = fmaxf(free, other->heading.x + other->heading.w + HEADINGS_APART);
        }
        const float room = 2 * fminf(place->centre - free, page.x + page.w - place->centre);
        const Heading *heading = &work->layout->heading[c];
        heading_widen(place, heading->width > room ? 0 : fminf(heading->full_width + 1, room));
    }
}

/* There, too, the counts of a column stand where those before leave room. */
static void counts_spread(const Work *work)
{
    const Columns *columns = work->columns;
    const Layout *layout = work->layout;
    float free = fmaxf(layout->page.x, layout->area.x + counts_captions(layout, work->view, work->arena));
    for (int c = 0; c < columns->n; c++) {
        Place *place = &layout->place[c];
        const float half = counts_width(layout, work->view, work->arena, c) / 2 + 0.5F;
        const bool fits = place->centre - half >= free && !stacks_at(columns, columns->column[c].depth);
        place->counts_room = fits ? 2 * half : 0;
        if (fits) free = place->centre + half + COUNTS_APART;
    }
}

void places_set(const Work *work, Rect page)
{
    const int depths = work->columns->n_depths;
    float *x = ARENA_ARRAY(work->arena, depths + 1, float);
    x[0] = page.x + work->left;
    for (int d = 0; d < depths; d++) x[d + 1] = x[d] + work->width[d] + work->gap;
    for (int c = 0; c < work->columns->n; c++) {
        const int depth = work->columns->column[c].depth;
        place_set(work, c, x[depth], work->width[depth]);
    }
    if (work->manner->tiers < 2 && work->squeeze >= 1) return;
    headings_spread(work);
    counts_spread(work);
}

