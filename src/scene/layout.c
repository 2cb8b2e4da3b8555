#include "scene/layout.h"

#include <math.h>

#define CAPTION_WIDTH 88.0F    /* of the counts' names on the left */
#define EDGE 16.0F
#define GAP_MIN 30.0F
#define GAP_MAX 440.0F
#define GAP_ZOOM 2.5F         /* gaps grow so far only: zooming in leads to units, not to the emptiness between */
#define SQUEEZED_GAP 5.0F      /* between columns of an overview */
#define TIER_GAP 5.0F
#define TERSE_BELOW 560.0F     /* canvases lower than this have no notes above two tiers */
#define ONE_LINE_BELOW 348.0F  /* less than this for units and counts: the counts stand in one line */
#define SHARE_BAR 2.3F         /* times the labels' width: a bar and its percentage */
#define HEADINGS_APART 14.0F
#define PANEL_PAD 10.0F
#define CABLE 14.0F
#define SHEETS_HEIGHT 11.0F
#define LANE_LEAST 34.0F       /* of a lane below its heading */
#define SHARE_MAX 230.0F      /* of the width, for a block */
#define HEADING_MAX 19.0F     /* times the title's size: longer ones are cut where there is no more room */

/* How words are set so that all columns fit, the first that does is taken. */
typedef struct Manner {
    float shrink;        /* of type */
    bool  narrow;        /* titles no wider than their shapes */
    int   tiers;         /* of headings: neighbours stand one above the other */
    float gap;
} Manner;

static const Manner MANNERS[] = {
    {1, false, 1, GAP_MIN}, {1, true, 1, GAP_MIN}, {0.86F, true, 1, GAP_MIN - 8}, {0.86F, true, 2, GAP_MIN - 8},
};
enum { N_MANNERS = sizeof MANNERS / sizeof *MANNERS, SQUEEZE_STEPS = 9 };

/* What the layout is being made of. */
typedef struct Work {
    Arena         *arena;
    const View    *view;
    const Variant *variant;
    const Columns *columns;
    Layout        *layout;
    float         *width;      /* of each depth: its widest column */
    float          left, right;   /* margins */
    float          gap;
    float          total;
    float          share;      /* the width offered to a block */
    const Manner  *manner;
    float          squeeze;    /* of an overview: widths times this; 1 = none */
} Work;

static float fit(float value, float low, float high) { return fminf(fmaxf(value, low), high); }

/* ---- type ---- */

/* Type grows gently on very large canvases and never goes under 13 points but on very low ones. */
static Type type_for(const View *view, Rect area, float shrink)
{
    const float room = fminf(area.w / 1280, area.h / 720);
    const float grow = view->scale * fit(sqrtf(room), area.h / view->scale < 430 ? 0.88F : 1, 1.5F);
    return (Type){.title = 16 * grow * shrink, .shape = 15.5F * grow * shrink, .small = 13 * grow};
}

Type layout_type(const View *view, Rect area) { return type_for(view, area, 1); }

float type_least(Type type) { return type.small >= 13 ? fmaxf(13, type.small * 0.92F) : type.small * 0.92F; }

static bool stacks_at(const Columns *columns, int depth) { return columns->lanes[depth] > 1; }

/* Titles in low slots stay on one line. */
static float title_room(const Work *work, int c, Type type)
{
    const int lanes = work->columns->lanes[work->columns->column[c].depth];
    if (lanes > 1 && work->layout->area.h / (float)lanes < heading_height(type) * 3.2F) return INFINITY;
    return work->manner->narrow ? 0 : type.title * HEADING_MAX;
}

static void headings_make(const Work *work, Type type)
{
    Layout *layout = work->layout;
    int lines = 1;
    type.terse = work->manner->tiers > 1 && layout->area.h < TERSE_BELOW * work->view->scale;
    for (int c = 0; c < work->columns->n; c++) {
        Heading *heading = &layout->heading[c];
        heading_make(heading, work->arena, work->view, work->variant, work->columns, c, type);
        heading_wrap(heading, work->arena, work->view, type, title_room(work, c, type));
        if (!stacks_at(work->columns, work->columns->column[c].depth) && heading->n_titles > lines) lines = heading->n_titles;
    }
    layout->type = type;
    layout->type.lines = lines;
}

/* ---- heights ---- */

static bool stacks_lanes(const Columns *columns)
{
    for (int d = 0; d < columns->n_depths; d++)
        if (columns->lanes[d] > 1) return true;
    return false;
}

/* Headings stand above the page unless every depth has several lanes. */
static bool heads_on_top(const Columns *columns)
{
    for (int d = 0; d < columns->n_depths; d++)
        if (columns->lanes[d] == 1) return true;
    return false;
}

static void heights_find(Layout *layout, float head)
{
    const Rect area = layout->area;
    const float line = layout->type.small * 1.42F;
    float bottom = area.y + area.h - 6;
    layout->count_height = line;
    layout->has_counts = area.h > head + 120;
    layout->one_count_line = area.h < head + ONE_LINE_BELOW;
    if (layout->has_counts) bottom -= line * (layout->one_count_line ? 1 : 3) + 8;
    layout->counts_top = bottom;
    layout->body = (Rect){area.x, area.y + head, area.w, fmaxf(bottom - 8 - area.y - head, 10)};
}

static void counts_drop(Layout *layout)
{
    const float bottom = layout->area.y + layout->area.h - 6;
    layout->has_counts = false;
    layout->counts_top = bottom;
    layout->body.h = bottom - 8 - layout->body.y;
}

/* ---- widths ---- */

static float unit_max(const Work *work)
{
    const float type = work->layout->type.small / 13;
    return 52 * type * fit(work->view->zoom, 1, 3);
}

static BlockOffer offer_for(const Work *work, int c, const int64_t *show, Rect room)
{
    const float small = work->layout->type.small;
    return (BlockOffer){.room = room, .unit_max = unit_max(work), .number_w = small * 4.05F, .number_h = small * 1.35F,
                        .cell_max = unit_max(work) * 0.9F,
                        .channels_first = work->columns->column[c].channels_first, .show = show ? show[c] : -1};
}

/* Larger tensors get more of the height, up to three times. */
static float weight_of(const Column *column)
{
    const int64_t size = column->size;
    return fit(sqrtf((float)size) / 3, 1, 3);
}

/* What a lane takes before any unit is drawn. */
static float base_of(const Work *work, int c, float height)
{
    const int lanes = work->columns->lanes[work->columns->column[c].depth];
    return fminf(heading_own_height(&work->layout->heading[c], work->layout->type) + LANE_LEAST, height / (float)lanes);
}

/* The slot of a column's lane in a height: from, and how high. What headings leave is shared by weight. */
static Point slot_of(const Work *work, int c, float height)
{
    const Columns *columns = work->columns;
    float before = 0, all = 0, base = 0, base_before = 0;
    if (columns->lanes[columns->column[c].depth] == 1) return (Point){0, height};
    for (int i = 0; i < columns->n; i++) {
        if (columns->column[i].depth != columns->column[c].depth) continue;
        const bool above = columns->column[i].lane < columns->column[c].lane;
        all += weight_of(&columns->column[i]);
        base += base_of(work, i, height);
        if (above) before += weight_of(&columns->column[i]);
        if (above) base_before += base_of(work, i, height);
    }
    const float rest = fmaxf(height - base, 0);
    return (Point){base_before + rest * before / all, base_of(work, c, height) + rest * weight_of(&columns->column[c]) / all};
}

/* In low slots the heading goes without its last line, in very low ones without the shape. */
static float lane_heading(const Work *work, int c, float slot)
{
    const Type type = work->layout->type;
    const float full = heading_own_height(&work->layout->heading[c], type), bare = full - type.small * (type.terse ? 0 : 1.6F);
    if (slot > full * 2.4F) return full;
    return slot > bare * 2.2F ? bare : bare - type.shape * 1.5F;
}

/* Above all rooms: cables, and below them the names of frames. */
static float head_room(const Layout *layout) { return layout->cable_top + layout->frames_top; }

/* The sheets of the batch stand behind inputs and results, over their upper edge. */
static float sheets_height(const Column *column)
{
    const bool open = column->shape.rank && column->shape.dim[0] == DIM_NONE;
    return open && (column->input || column->result) ? SHEETS_HEIGHT : 0;
}

/* The room of a column: a slot of the page's height, its own heading inside where several stand at one depth. */
static Rect room_of(const Work *work, int c, Rect page)
{
    const Columns *columns = work->columns;
    const Column *column = &columns->column[c];
    const float top = head_room(work->layout);
    const Point slot = slot_of(work, c, page.h - top);
    Rect room = {page.x, page.y + top + slot.x, page.w, slot.y};
    if (!stacks_lanes(columns)) return room;
    if (stacks_at(columns, column->depth)) {
        const float frames = work->layout->frame_title * (float)columns_nesting(work->variant->plan, column);
        const float head = lane_heading(work, c, slot.y) + sheets_height(column) + frames + 6;
        room.y += head;
        room.h -= head + 18;
    }
    room.h = fmaxf(room.h, 10);
    return room;
}

/* What aggregates says so in a line below. */
static void block_with_note(const Work *work, int c, const int64_t *show, Place *place)
{
    Rect room = place->room;
    BlockOffer offer = offer_for(work, c, show, room);
    block_make(&place->block, &work->columns->column[c].sample, &offer);
    if (!block_aggregates(&place->block)) return;
    offer.room.h = fmaxf(room.h - work->layout->type.small * 1.8F, 10);
    block_make(&place->block, &work->columns->column[c].sample, &offer);
}

static void blocks_make(const Work *work, const int64_t *show, Rect page)
{
    for (int c = 0; c < work->columns->n; c++) {
        Place *place = &work->layout->place[c];
        place->room = room_of(work, c, page);
        place->room.w = fminf(fmaxf(work->share, work->layout->heading[c].width * 0.9F) * work->squeeze, SHARE_MAX * fmaxf(work->view->zoom, 1));
        if (work->columns->column[c].tensor >= 0) block_with_note(work, c, show, place);
        else place->block = (Block){.area = {page.x, place->room.y + place->room.h * 0.3F, 40, place->room.h * 0.4F}};
    }
}

static float pad_of(const Block *block) { return block->form == BLOCK_UNITS ? fit(block->unit * 0.28F, 3, PANEL_PAD) : 3; }

/* Of two tiers only every other heading stands beside its neighbour. */
static float heading_claim(const Work *work, int c)
{
    const bool tiered = work->manner->tiers > 1 && !stacks_at(work->columns, work->columns->column[c].depth);
    const float width = fminf(work->layout->heading[c].width, work->layout->type.title * HEADING_MAX);
    if (stacks_at(work->columns, work->columns->column[c].depth)) return width * sqrtf(work->squeeze);
    return width * work->squeeze * (tiered ? 0.5F : 1);
}

static void widths_find(Work *work)
{
    for (int d = 0; d < work->columns->n_depths; d++) work->width[d] = 0;
    for (int c = 0; c < work->columns->n; c++) {
        const Column *column = &work->columns->column[c];
        const Block *block = &work->layout->place[c].block;
        const float width = fmaxf(block->area.w + 2 * pad_of(block), heading_claim(work, c));
        if (column->fault) work->width[column->depth] = fmaxf(work->width[column->depth], 15 * work->layout->type.small);
        work->width[column->depth] = fmaxf(work->width[column->depth], width);
    }
    work->total = 0;
    for (int d = 0; d < work->columns->n_depths; d++) work->total += work->width[d];
}

/* Headings of one tier are two depths apart: what stands between gives them the room. */
static void tiers_part(Work *work)
{
    const Columns *columns = work->columns;
    float *heading = ARENA_ARRAY(work->arena, columns->n_depths + 1, float);
    if (work->manner->tiers < 2 || work->squeeze < 1) return;
    for (int c = 0; c < columns->n; c++)
        if (!stacks_at(columns, columns->column[c].depth)) heading[columns->column[c].depth] = work->layout->heading[c].width;
    for (int d = 0; d + 2 < columns->n_depths; d++) {
        const float apart = work->width[d] / 2 + work->width[d + 1] + work->width[d + 2] / 2 + 2 * work->manner->gap;
        const float more = (heading[d] + heading[d + 2]) / 2 + HEADINGS_APART + 2 - apart;
        if (!(heading[d] > 0) || !(heading[d + 2] > 0) || more <= 0) continue;
        work->width[d + 1] += more;
        work->total += more;
    }
}

/* Labels x[0] stand left of the first column, y[0] right of the last. */
static void margins_find(Work *work)
{
    const Columns *columns = work->columns;
    const float label = work->layout->type.small * 4;
    float first = 0, last = 0;
    for (int c = 0; c < columns->n; c++) {
        const bool has_bars = work->manner->tiers == 1 && column_is_share(&columns->column[c], work->variant->plan);
        const float bars = has_bars ? label * SHARE_BAR : 0;
        const float half = fmaxf(work->layout->place[c].block.area.w / 2 + PANEL_PAD + label + bars, work->layout->heading[c].full_width / 2);
        if (columns->column[c].depth == 0) first = fmaxf(first, half);
        if (columns->column[c].depth == columns->n_depths - 1) last = fmaxf(last, half);
    }
    const float caption = work->layout->has_counts && !work->layout->one_count_line && work->layout->area.w > 700 ? CAPTION_WIDTH * work->layout->type.small / 13 : 0;
    work->left = fmaxf(EDGE + caption, EDGE + first - work->width[0] / 2);
    work->right = fmaxf(EDGE, EDGE + last - work->width[columns->n_depths - 1] / 2);
}

static float gap_least(const Work *work) { return fmaxf(work->manner->gap * work->squeeze, SQUEEZED_GAP); }

static float width_needed(const Work *work)
{
    return work->left + work->right + work->total + gap_least(work) * (float)(work->columns->n_depths - 1);
}

/* Gaps take what is left, up to a length that a wire can be followed over; then the whole is centred. */
static void gaps_find(Work *work, Rect *page)
{
    const int gaps = work->columns->n_depths - 1;
    const float most = fmaxf(GAP_MAX * fit(work->view->zoom, 1, GAP_ZOOM), work->layout->body.h * 0.8F);
    page->w = fmaxf(page->w, width_needed(work));
    const float left = page->w - work->left - work->right - work->total;
    work->gap = gaps ? fit(left / (float)gaps, gap_least(work), most) : 0;
    work->layout->gap = work->gap;
    const float taken = work->left + work->right + work->total + work->gap * (float)gaps;
    page->w = fmaxf(work->layout->body.w, taken);
    const float rest = page->w - taken;
    work->left += rest > 0 ? rest / 2 : 0;
}

/* In the upper tier stand the headings of every other depth. */
static bool is_upper(const Work *work, int c)
{
    return work->manner->tiers > 1 && work->columns->column[c].depth % 2 == 0;
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
    const Point slot = slot_of(work, c, work->layout->page.h - head_room(work->layout));
    const float height = lane_heading(work, c, slot.y);
    return (Rect){x, place->room.y - height - sheets_height(&columns->column[c]) - 4, w, height};
}

static void place_set(const Work *work, int c, float x, float w)
{
    Place *place = &work->layout->place[c];
    place->left = x;
    place->right = x + w;
    place->centre = x + w / 2;
    place->room.x = place->centre - place->room.w / 2;
    place->block.area.x = place->centre - place->block.area.w / 2;
    const float pad = pad_of(&place->block);
    const Rect a = place->block.area;
    place->panel = (Rect){a.x - pad, a.y - pad, a.w + 2 * pad, a.h + 2 * pad};
    if (work->columns->column[c].fault) place->panel = (Rect){x, place->room.y, w, place->room.h};
    place->heading = heading_rect(work, c, x, w);
    place->reach = place->heading.w;
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

static void places_set(const Work *work, Rect page)
{
    const int depths = work->columns->n_depths;
    float *x = ARENA_ARRAY(work->arena, depths + 1, float);
    x[0] = page.x + work->left;
    for (int d = 0; d < depths; d++) x[d + 1] = x[d] + work->width[d] + work->gap;
    for (int c = 0; c < work->columns->n; c++) {
        const int depth = work->columns->column[c].depth;
        place_set(work, c, x[depth], work->width[depth]);
    }
    if (work->manner->tiers > 1 || work->squeeze < 1) headings_spread(work);
}

Point layout_pan(const Layout *layout, Point wanted)
{
    const float most_x = fmaxf(layout->page.w - layout->body.w, 0), most_y = fmaxf(layout->page.h - layout->body.h, 0);
    return (Point){fit(wanted.x, -most_x, 0), fit(wanted.y, -most_y, 0)};
}

void layout_align(Layout *layout, int n, const float *centre)
{
    for (int c = 0; c < n; c++) {
        Place *place = &layout->place[c];
        if (isnan(centre[c])) continue;
        const float by = centre[c] - place->centre;
        place->centre += by;
        place->left += by;
        place->right += by;
        place->room.x += by;
        const float half = fminf(place->heading.w / 2, fminf(centre[c] - layout->area.x, layout->area.x + layout->area.w - centre[c]) - 6);
        place->heading.x = centre[c] - half;
        place->heading.w = 2 * half;
        place->panel.x += by;
        place->block.area.x += by;
    }
}

/* ---- all ---- */

static Rect page_for(const Work *work)
{
    const float zoom = work->view->zoom > 0 ? work->view->zoom : 1;
    const Rect body = work->layout->body;
    return (Rect){body.x, body.y, body.w * fmaxf(zoom, 1), body.h * fmaxf(zoom, 1)};
}

static float head_height(const Work *work)
{
    const float height = heading_height(work->layout->type);
    if (!heads_on_top(work->columns)) return 12;
    return (work->manner->tiers > 1 ? 2 * height + TIER_GAP : height) + 28;
}

static void frames_find(Work *work)
{
    const Columns *columns = work->columns;
    int most = 0;
    for (int c = 0; c < columns->n; c++) {
        const int nesting = columns_nesting(work->variant->plan, &columns->column[c]);
        if (!stacks_at(columns, columns->column[c].depth) && nesting > most) most = nesting;
    }
    work->layout->frame_title = work->layout->type.small * 1.7F;
    work->layout->frames_top = work->layout->frame_title * (float)most;
}

static void measure(Work *work, const int64_t *show, const Manner *manner)
{
    work->manner = manner;
    headings_make(work, type_for(work->view, work->layout->area, manner->shrink));
    frames_find(work);
    heights_find(work->layout, head_height(work));
    if (!heads_on_top(work->columns)) counts_drop(work->layout);
    work->layout->page = page_for(work);
    const float depths = (float)work->columns->n_depths;
    work->share = fit(work->layout->page.w / depths * 0.62F, 44, SHARE_MAX * fmaxf(work->view->zoom, 1));
    blocks_make(work, show, work->layout->page);
    widths_find(work);
    tiers_part(work);
    margins_find(work);
}

/* An overview: columns are narrower until they take no more than their share of what they need. */
static void squeeze(Work *work, const int64_t *show)
{
    const float room = fmaxf(work->layout->page.w, work->layout->needed * work->view->zoom);
    float low = 0.02F, high = 1;
    for (int i = 0; i < SQUEEZE_STEPS; i++) {
        work->squeeze = (low + high) / 2;
        measure(work, show, work->manner);
        if (width_needed(work) > room) high = work->squeeze;
        else low = work->squeeze;
    }
    work->squeeze = low;
    measure(work, show, work->manner);
}

void layout_make(Layout *layout, Arena *arena, const View *view, const Variant *variant, const Columns *columns, Rect area,
                 const LayoutHints *hints)
{
    *layout = (Layout){.area = area, .heading = ARENA_ARRAY(arena, columns->n + 1, Heading),
                       .place = ARENA_ARRAY(arena, columns->n + 1, Place), .cable_top = columns->n_cables ? CABLE : 0};
    Work work = {.arena = arena, .view = view, .variant = variant, .columns = columns, .layout = layout,
                 .width = ARENA_ARRAY(arena, columns->n_depths + 1, float), .squeeze = 1};
    if (!columns->n) return;
    for (int i = 0; i < N_MANNERS; i++) {
        measure(&work, hints->show, &MANNERS[i]);
        if (width_needed(&work) <= layout->page.w) break;
    }
    layout->needed = width_needed(&work);
    if (view->zoom < 1 && layout->needed > layout->page.w) squeeze(&work, hints->show);
    gaps_find(&work, &layout->page);
    const Point pan = layout_pan(layout, hints->pan);
    layout->page.x += pan.x;
    layout->page.y += pan.y;
    blocks_make(&work, hints->show, layout->page);
    places_set(&work, layout->page);
}

float layout_zoom_least(const Layout *layout)
{
    return layout->needed > layout->body.w ? layout->body.w / layout->needed : 1;
}
