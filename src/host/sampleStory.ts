// The story that "Open Sample Story" shows: English and for children, because that is all the embedded model has read.

export const sampleStory = `Once upon a time, there was a little girl named Mia. She lived in a small house by the lake with her dad and her dog Max. Every morning, Mia and Max ran to the water to look for shiny stones.

One day, the sky was dark and the rain came down hard. Mia was sad because she could not go out. "Can we play inside?" she asked. Her dad smiled and gave her a big box. "Let us make a boat," he said.

They cut the box and painted it red and blue. Max wagged his tail and jumped in. Mia laughed. "You are the captain, Max!" she said.

When the sun came out again, they took the boat to the lake. It was too soft and the water came in. Splash! Mia and Max were all wet, but they were not scared. They swam back to the grass and hugged.

"It was a good boat," said Mia. "Tomorrow we will make a better one."
`;

/** A word in it of which a feature knows much. */
export const tellingWord = 'rain';
