#include "scene/layout.h"

#include <math.h>

#define CAPTION_WIDTH 88.0F    /* of the counts' names on the left */
#define EDGE 16.0F
#define GAP_MIN 30.0F
#define PANEL_PAD 10.0F
#define CABLE 14.0F
#define SHARE_MAX 230.0F      /* of the width, for a block */
#define HEADING_MAX 15.0F     /* times the title's size: longer ones are cut where there is no more room */

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

static void headings_make(const Work *work, Type type)
{
    work->layout->type = type;
    for (int c = 0; c < work->columns->n; c++)
        heading_make(&work->layout->heading[c], work->arena, work->view, work->variant, work->columns, c, type);
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
    layout->one_count_line = area.h < head + 330;
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

static bool stacks_at(const Columns *columns, int depth) { return columns->lanes[depth] > 1; }

/* Larger tensors get more of the height, up to three times. */
static float weight_of(const Column *column)
{
    const int64_t size = column->size;
    return fit(sqrtf((float)size) / 3, 1, 3);
}

/* The slot of a column's lane in a height: from, and how high. */
static Point slot_of(const Columns *columns, int c, float height)
{
    float before = 0, all = 0;
    if (columns->lanes[columns->column[c].depth] == 1) return (Point){0, height};
    for (int i = 0; i < columns->n; i++) {
        if (columns->column[i].depth != columns->column[c].depth) continue;
        all += weight_of(&columns->column[i]);
        if (columns->column[i].lane < columns->column[c].lane) before += weight_of(&columns->column[i]);
    }
    return (Point){height * before / all, height * weight_of(&columns->column[c]) / all};
}

/* In low slots the heading goes without its last line. */
static float lane_heading(const Work *work, float slot)
{
    const float full = heading_height(work->layout->type);
    return slot > full * 2.4F ? full : full - work->layout->type.small * 1.6F;
}

/* The room of a column: a slot of the page's height, its own heading inside where several stand at one depth. */
static Rect room_of(const Work *work, int c, Rect page)
{
    const Columns *columns = work->columns;
    const Column *column = &columns->column[c];
    const float top = work->layout->cable_top;
    const Point slot = slot_of(columns, c, page.h - top);
    Rect room = {page.x, page.y + top + slot.x, page.w, slot.y};
    if (!stacks_lanes(columns)) return room;
    if (stacks_at(columns, column->depth)) {
        const float head = lane_heading(work, slot.y) + 6;
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
        place->room.w = fminf(fmaxf(work->share, work->layout->heading[c].width * 0.9F), SHARE_MAX * fmaxf(work->view->zoom, 1));
        if (work->columns->column[c].tensor >= 0) block_with_note(work, c, show, place);
        else place->block = (Block){.area = {page.x, place->room.y + place->room.h * 0.3F, 40, place->room.h * 0.4F}};
    }
}

static float pad_of(const Block *block) { return block->form == BLOCK_UNITS ? fit(block->unit * 0.28F, 3, PANEL_PAD) : 3; }

static void widths_find(Work *work)
{
    const float squeeze = fminf(work->view->zoom, 1);
    for (int d = 0; d < work->columns->n_depths; d++) work->width[d] = 0;
    for (int c = 0; c < work->columns->n; c++) {
        const Column *column = &work->columns->column[c];
        const Block *block = &work->layout->place[c].block;
        const float heading = fminf(work->layout->heading[c].width, work->layout->type.title * HEADING_MAX);
        const float width = fmaxf(block->area.w + 2 * pad_of(block), heading * squeeze);
        if (column->fault) work->width[column->depth] = fmaxf(work->width[column->depth], 15 * work->layout->type.small);
        work->width[column->depth] = fmaxf(work->width[column->depth], width);
    }
    work->total = 0;
    for (int d = 0; d < work->columns->n_depths; d++) work->total += work->width[d];
}

/* Labels x[0] stand left of the first column, y[0] right of the last. */
static void margins_find(Work *work)
{
    const Columns *columns = work->columns;
    const float label = work->layout->type.small * 4;
    float first = 0, last = 0;
    for (int c = 0; c < columns->n; c++) {
        const float half = fmaxf(work->layout->place[c].block.area.w / 2 + PANEL_PAD + label, work->layout->heading[c].full_width / 2);
        if (columns->column[c].depth == 0) first = fmaxf(first, half);
        if (columns->column[c].depth == columns->n_depths - 1) last = fmaxf(last, half);
    }
    const float caption = work->layout->has_counts && !work->layout->one_count_line && work->layout->area.w > 700 ? CAPTION_WIDTH * work->layout->type.small / 13 : 0;
    work->left = fmaxf(EDGE + caption, EDGE + first - work->width[0] / 2);
    work->right = fmaxf(EDGE, EDGE + last - work->width[columns->n_depths - 1] / 2);
}

static float width_needed(const Work *work)
{
    return work->left + work->right + work->total + GAP_MIN * (float)(work->columns->n_depths - 1);
}

/* Gaps take what is left, up to a length that a wire can be followed over; then the whole is centred. */
static void gaps_find(Work *work, Rect *page)
{
    const int gaps = work->columns->n_depths - 1;
    const float most = fmaxf(440 * fmaxf(work->view->zoom, 1), page->h * 0.8F);
    page->w = fmaxf(page->w, width_needed(work));
    const float left = page->w - work->left - work->right - work->total;
    work->gap = gaps ? fit(left / (float)gaps, GAP_MIN, most) : 0;
    const float rest = page->w - work->left - work->right - work->total - work->gap * (float)gaps;
    work->left += rest > 0 ? rest / 2 : 0;
}

static Rect heading_rect(const Work *work, int c, float x, float w)
{
    const Columns *columns = work->columns;
    const Place *place = &work->layout->place[c];
    const float reach = w + work->gap - 14;
    if (!stacks_at(columns, columns->column[c].depth))
        return (Rect){x + w / 2 - reach / 2, work->layout->area.y + 10, reach, heading_height(work->layout->type)};
    const Point slot = slot_of(columns, c, work->layout->page.h - work->layout->cable_top);
    const float height = lane_heading(work, slot.y);
    return (Rect){x + w / 2 - reach / 2, place->room.y - height - 4, reach, height};
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

static void measure(Work *work, const int64_t *show, Type type)
{
    headings_make(work, type);
    heights_find(work->layout, heads_on_top(work->columns) ? heading_height(type) + 28 : 12);
    if (!heads_on_top(work->columns)) counts_drop(work->layout);
    work->layout->page = page_for(work);
    const float depths = (float)work->columns->n_depths;
    work->share = fit(work->layout->page.w / depths * 0.62F, 44, SHARE_MAX * fmaxf(work->view->zoom, 1));
    blocks_make(work, show, work->layout->page);
    widths_find(work);
    margins_find(work);
}

void layout_make(Layout *layout, Arena *arena, const View *view, const Variant *variant, const Columns *columns, Rect area,
                 const LayoutHints *hints)
{
    *layout = (Layout){.area = area, .heading = ARENA_ARRAY(arena, columns->n + 1, Heading),
                       .place = ARENA_ARRAY(arena, columns->n + 1, Place), .cable_top = columns->n_cables ? CABLE : 0};
    Work work = {.arena = arena, .view = view, .variant = variant, .columns = columns, .layout = layout,
                 .width = ARENA_ARRAY(arena, columns->n_depths + 1, float)};
    if (!columns->n) return;
    measure(&work, hints->show, type_for(view, area, 1));
    if (width_needed(&work) > layout->page.w) measure(&work, hints->show, type_for(view, area, 0.86F));
    gaps_find(&work, &layout->page);
    const Point pan = layout_pan(layout, hints->pan);
    layout->page.x += pan.x;
    layout->page.y += pan.y;
    blocks_make(&work, hints->show, layout->page);
    places_set(&work, layout->page);
}
