// The text an SAE is checked on when the user names none: ordinary prose about many things, with some dialogue, numbers
// and code, because an SAE of a general model has to reconstruct all of that.

export const builtInText = `
The morning train was already full when Anna found her seat by the window. Outside, the fields were white with frost, and
a thin mist lay over the river. She opened her book, read the same page twice, and put it away again. "Is this seat
taken?" asked an old man with a small brown dog under his arm. "No, please, sit down," she said, and moved her bag. The
dog looked at her for a while, yawned, and went to sleep at once.

The history of the bridge is longer than most people think. A wooden crossing was built here in 1342, after a flood had
destroyed the ford; it burned down three times before the town council decided to pay for stone. The work took eleven
years and cost more than twice what had been planned. Engineers came from as far as Milan and Prague to look at the five
arches, which at that time were the widest north of the mountains. Today about 18,000 cars cross it every day.

To make the soup, cut two onions and a large carrot into small pieces and fry them slowly in butter. Add half a litre of
water, a spoon of salt and the beans, which should have been in cold water over night. After forty minutes the beans are
soft. Taste it, add pepper and a little lemon juice, and serve it with bread.

Water boils at 100 degrees Celsius at sea level, but on a high mountain it boils earlier, because the pressure of the air
is lower. That is why cooking takes longer there. Plants know nothing about this, of course; they have other problems.
Their cells must not freeze, and so some of them produce sugar, which keeps the water between the cells liquid.

def mean(values):
    total = 0
    for value in values:
        total += value
    return total / len(values)

The committee will meet again on Thursday. Members who cannot attend are asked to send their comments by e-mail before
noon. The minister said that no decision had been made, although several newspapers had reported the opposite. Prices
rose by 2.4 percent last year, less than in the year before, while wages grew by 3.1 percent.

Once there was a girl who wanted to catch the moon. Every evening she climbed the hill behind her house with a big net.
"You are too high," she told the moon, and the moon smiled and said nothing. One day she saw it in the lake, very close,
round and bright. She laughed and threw her net, and all the little waves began to dance.
`.trim();
